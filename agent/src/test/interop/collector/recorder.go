// Package collector is a collector that keeps events in memory, and fails on demand.
package collector

import (
	"sync"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "forebay/interop/collectorpb"
)

// Recorded is what has come of one numbering of one agent.
type Recorded struct {
	AgentID      string   `json:"agent_id"`
	Epoch        uint64   `json:"epoch"`
	NextSequence uint64   `json:"next_sequence"`
	Sequences    []uint64 `json:"sequences"`
	Items        []string `json:"items"`
	Duplicates   uint64   `json:"duplicates"`
	Gaps         []Gap    `json:"gaps"`
}

// Gap is a range of numbers that will never come.
type Gap struct {
	First  uint64 `json:"first"`
	Last   uint64 `json:"last"`
	Reason string `json:"reason"`
}

type name struct {
	agentID string
	epoch   uint64
}

// window is what one call has brought.
type window struct {
	name          name
	continuesFrom *uint64
	gaps          []*pb.Gap
	events        []*pb.Event
}

// recorder keeps what was received, with a cursor for each name.
type recorder struct {
	mutex    sync.Mutex
	changed  *sync.Cond
	recorded map[name]*Recorded
}

// A window may have to wait for the one before it, whose call is handled beside its own.
const patience = time.Second

func newRecorder() *recorder {
	r := &recorder{recorded: map[name]*Recorded{}}
	r.changed = sync.NewCond(&r.mutex)
	return r
}

// cursor gives nil for a name of which nothing has come yet.
func (r *recorder) cursor(n name) *uint64 {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	known := r.recorded[n]
	if known == nil || known.NextSequence == 0 {
		return nil
	}
	next := known.NextSequence
	return &next
}

// add takes the whole window or nothing of it.
func (r *recorder) add(w *window) (*pb.StreamEventsResponse, error) {
	for i := 1; i < len(w.events); i++ {
		if before, event := w.events[i-1].Sequence, w.events[i].Sequence; event <= before {
			return nil, status.Errorf(codes.InvalidArgument, "number %d comes after %d", event, before)
		}
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	known := r.recorded[w.name]
	if known == nil {
		known = &Recorded{AgentID: w.name.agentID, Epoch: w.name.epoch}
		r.recorded[w.name] = known
	}
	if err := r.await(w, known); err != nil {
		return nil, err
	}
	cursor := known.NextSequence
	for _, gap := range w.gaps {
		known.Gaps = append(known.Gaps, Gap{gap.FirstSequence, gap.LastSequence, gap.Reason.String()})
		known.NextSequence = max(known.NextSequence, gap.LastSequence+1)
	}
	var duplicates uint64
	for _, event := range w.events {
		if event.Sequence < cursor {
			duplicates++
			continue
		}
		known.Sequences = append(known.Sequences, event.Sequence)
		known.Items = append(known.Items, string(event.Item))
		known.NextSequence = max(known.NextSequence, event.Sequence+1)
	}
	known.Duplicates += duplicates
	r.changed.Broadcast()
	return &pb.StreamEventsResponse{NextSequence: known.NextSequence, Duplicates: duplicates}, nil
}

// await waits for the numbers that the window builds upon.
func (r *recorder) await(w *window, known *Recorded) error {
	timer := time.AfterFunc(patience, r.changed.Broadcast)
	defer timer.Stop()
	for begun := time.Now(); w.continuesFrom != nil && *w.continuesFrom > known.NextSequence; r.changed.Wait() {
		if time.Since(begun) >= patience {
			return status.Errorf(codes.Aborted, "the window continues from %d, but %d is what comes next",
				*w.continuesFrom, known.NextSequence)
		}
	}
	return nil
}

func (r *recorder) all() (all []*Recorded, events uint64) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for _, each := range r.recorded {
		all = append(all, each)
		events += uint64(len(each.Sequences))
	}
	return all, events
}
