package sensor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "forebay/interop/collectorpb"
)

// Transfer says what is to be sent: the numbers 0 to Events-1, but for those of Gap, which are told as truncated.
type Transfer struct {
	Events     uint64
	Window     uint64 // events of one window at most
	PerMessage int
	Gap        [2]uint64 // first and last; none where the last is 0
	Repeat     uint64    // this window, counted from 1, is sent a second time after its answer
	Cut        uint64    // in the middle of this window the connection is closed
}

// Report says what became of a transfer.
type Report struct {
	Services     []string       `json:"services"`
	Start        uint64         `json:"start"`
	Known        bool           `json:"known"`
	NextSequence uint64         `json:"next_sequence"`
	Windows      uint64         `json:"windows"`
	Sent         uint64         `json:"sent"`
	Duplicates   uint64         `json:"duplicates"`
	Repeated     uint64         `json:"repeated"`
	Cuts         uint64         `json:"cuts"`
	Failures     map[string]int `json:"failures"`
}

// Validate says what cannot be done.
func (t Transfer) Validate() error {
	if t.Events == 0 || t.Window == 0 || t.PerMessage < 1 {
		return errors.New("events, window and message are at least 1")
	}
	if t.Gap[0] > t.Gap[1] || t.Gap[1] > 0 && t.Gap[1]+1 >= t.Events {
		return errors.New("a gap ends not below its begin, and below the last event")
	}
	return nil
}

// Run sends until the collector has everything. The second window is under way before the first is answered. dial makes a
// new connection.
func (t Transfer) Run(ctx context.Context, dial func() (*Client, error)) (*Report, error) {
	run := &transfer{Transfer: t, dial: dial, report: &Report{Failures: map[string]int{}}}
	if err := run.connect(); err != nil {
		return nil, err
	}
	defer func() { _ = run.client.Close() }()
	var err error
	if run.report.Services, err = run.client.Describe(ctx); err != nil {
		return nil, err
	}
	for first := true; ; first = false {
		next, known, err := run.client.Cursor(ctx)
		if err == nil && first {
			run.report.Start, run.report.Known = next, known
		}
		if err == nil && known && next >= t.Events {
			run.report.NextSequence = next
			return run.report, nil
		}
		if err == nil {
			err = run.sendFrom(ctx, next, known)
		}
		if err != nil {
			if err := run.recover(ctx, err); err != nil {
				return nil, err
			}
		}
	}
}

type transfer struct {
	Transfer
	dial   func() (*Client, error)
	client *Client
	report *Report
}

type answered struct {
	window Window
	answer *pb.StreamEventsResponse
	err    error
}

var errCut = errors.New("the connection was closed on purpose")

// sendFrom sends window after window, two at once, until all is sent or one has failed.
func (t *transfer) sendFrom(ctx context.Context, next uint64, known bool) error {
	var underWay []chan answered
	var failure error
	for failure == nil && (next < t.Events || len(underWay) > 0) {
		if next < t.Events && len(underWay) < 2 {
			var window Window
			window, next = t.window(next, known)
			known = true
			t.report.Windows++
			if t.report.Windows == t.Cut {
				failure = t.cut(ctx, window)
				break
			}
			result, err := t.begin(ctx, window)
			underWay = append(underWay, result)
			failure = err
			continue
		}
		failure = t.settle(ctx, <-underWay[0])
		underWay = underWay[1:]
	}
	for _, result := range underWay {
		if outcome := <-result; outcome.err == nil {
			t.report.Duplicates += outcome.answer.Duplicates
		}
	}
	return failure
}

// begin sends a window whole, so that the next one follows it on the wire, and leaves the wait for the answer to another.
func (t *transfer) begin(ctx context.Context, window Window) (chan answered, error) {
	result := make(chan answered, 1)
	stream, err := t.client.begin(ctx, window, t.PerMessage, len(window.Events))
	if err == nil {
		err = stream.CloseSend()
	}
	if err != nil {
		result <- answered{window: window, err: err}
		return result, err
	}
	t.report.Sent += uint64(len(window.Events))
	go func() {
		answer := new(pb.StreamEventsResponse)
		err := stream.RecvMsg(answer)
		result <- answered{window, answer, err}
	}()
	return result, nil
}

func (t *transfer) settle(ctx context.Context, outcome answered) error {
	if outcome.err != nil {
		return outcome.err
	}
	last := outcome.window.Events[len(outcome.window.Events)-1].Sequence
	if outcome.answer.NextSequence <= last {
		return fmt.Errorf("the answer's cursor is %d, the window ended with %d", outcome.answer.NextSequence, last)
	}
	t.report.Duplicates += outcome.answer.Duplicates
	if t.Repeat == 0 || outcome.window.Events[0].Sequence/t.Window+1 != t.Repeat {
		return nil
	}
	again, err := t.client.Send(ctx, outcome.window, t.PerMessage)
	if err != nil {
		return err
	}
	t.report.Repeated += uint64(len(outcome.window.Events))
	t.report.Duplicates += again.Duplicates
	return nil
}

// cut sends half of a window and closes the connection.
func (t *transfer) cut(ctx context.Context, window Window) error {
	if _, err := t.client.begin(ctx, window, t.PerMessage, len(window.Events)/2); err != nil {
		return err
	}
	t.report.Cuts++
	// Some of it should be on the wire before.
	time.Sleep(100 * time.Millisecond)
	if err := t.client.Close(); err != nil {
		return err
	}
	if err := t.connect(); err != nil {
		return err
	}
	return errCut
}

func (t *transfer) connect() error {
	client, err := t.dial()
	t.client = client
	return err
}

// recover waits as long as the collector says, or gives up where waiting does not help.
func (t *transfer) recover(ctx context.Context, failure error) error {
	if failure == errCut {
		return nil
	}
	code := status.Code(failure)
	t.report.Failures[code.String()]++
	switch code {
	case codes.Unavailable, codes.ResourceExhausted, codes.Aborted, codes.DeadlineExceeded:
	default:
		if failure != errNotServing {
			return failure
		}
	}
	wait, told := RetryAfter(failure)
	if !told {
		wait = 200 * time.Millisecond
	}
	select {
	case <-ctx.Done():
		return fmt.Errorf("gave up: %w", failure)
	case <-time.After(wait):
		return nil
	}
}

// window gives the window that begins with number next, and the number after it.
func (t *transfer) window(next uint64, known bool) (Window, uint64) {
	var window Window
	if known {
		from := next
		window.ContinuesFrom = &from
	}
	end := min((next/t.Window+1)*t.Window, t.Events)
	first, last := t.Gap[0], t.Gap[1]
	if last > 0 && next >= first && next <= last {
		window.Gaps = []*pb.Gap{{
			FirstSequence: next, LastSequence: last, Reason: pb.GapReason_GAP_REASON_TRUNCATED}}
		next = last + 1
		end = min((next/t.Window+1)*t.Window, t.Events)
	} else if last > 0 && next < first {
		end = min(end, first)
	}
	for sequence := next; sequence < end; sequence++ {
		window.Events = append(window.Events, &pb.Event{Sequence: sequence, Item: Item(sequence)})
	}
	return window, end
}

// Item is the event of a number, as a line of Forebay's.
func Item(sequence uint64) []byte {
	return fmt.Appendf(nil, "{\"_type\":\"log\",\"timestamp\":%d,\"body\":\"%s\"}\n", 1735789700000+sequence, Body(sequence))
}

// Body is what the event of a number says.
func Body(sequence uint64) string {
	return fmt.Sprintf("event %06d", sequence)
}
