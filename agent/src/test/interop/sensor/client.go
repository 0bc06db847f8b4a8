// Package sensor is a client of a collector: it names events by agent id, epoch and sequence number, sends them in
// windows, and goes on from the collector's cursor after whatever went wrong.
package sensor

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"

	pb "forebay/interop/collectorpb"
)

// Client speaks for one numbering of one agent.
type Client struct {
	AgentID string
	Epoch   uint64
	conn    *grpc.ClientConn
	api     pb.CollectorClient
}

// Window is what one call carries. ContinuesFrom is nil when nothing is known of what came before.
type Window struct {
	ContinuesFrom *uint64
	Gaps          []*pb.Gap
	Events        []*pb.Event
}

// Dial makes a client; the connection is made with the first call.
func Dial(target, agentID string, epoch uint64, tls credentials.TransportCredentials) (*Client, error) {
	conn, err := grpc.NewClient(target, grpc.WithTransportCredentials(tls))
	if err != nil {
		return nil, err
	}
	return &Client{AgentID: agentID, Epoch: epoch, conn: conn, api: pb.NewCollectorClient(conn)}, nil
}

// Close breaks the connection and whatever is under way on it.
func (c *Client) Close() error {
	return c.conn.Close()
}

// Cursor asks where to go on; known is false when the collector knows nothing of this numbering.
func (c *Client) Cursor(ctx context.Context) (next uint64, known bool, err error) {
	answer, err := c.api.HealthCheck(ctx, &pb.HealthCheckRequest{AgentId: c.AgentID, Epoch: c.Epoch})
	if err != nil {
		return 0, false, err
	}
	if answer.Status == pb.ServingStatus_SERVING_STATUS_NOT_SERVING {
		return 0, false, errNotServing
	}
	return answer.GetNextSequence(), answer.NextSequence != nil, nil
}

// Send sends a window in messages of perMessage events and waits for the answer.
func (c *Client) Send(ctx context.Context, window Window, perMessage int) (*pb.StreamEventsResponse, error) {
	stream, err := c.begin(ctx, window, perMessage, len(window.Events))
	if err != nil {
		return nil, err
	}
	return stream.CloseAndRecv()
}

// begin sends the first events of a window and leaves the call open.
func (c *Client) begin(ctx context.Context, window Window, perMessage, events int) (
	grpc.ClientStreamingClient[pb.StreamEventsRequest, pb.StreamEventsResponse], error) {
	stream, err := c.api.StreamEvents(ctx)
	if err != nil {
		return nil, err
	}
	message := &pb.StreamEventsRequest{
		AgentId: c.AgentID, Epoch: c.Epoch, ContinuesFrom: window.ContinuesFrom, Gaps: window.Gaps}
	for from := 0; from < events; from += perMessage {
		message.Events = window.Events[from:min(from+perMessage, events)]
		if stream.Send(message) != nil {
			// The reason is what the call ended with.
			_, err := stream.CloseAndRecv()
			return nil, err
		}
		message = &pb.StreamEventsRequest{}
	}
	return stream, nil
}

// RetryAfter gives the time that the collector wants to be left alone, if it says so.
func RetryAfter(err error) (time.Duration, bool) {
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.RetryInfo); ok {
			return info.GetRetryDelay().AsDuration(), true
		}
	}
	return 0, false
}

var errNotServing = fmt.Errorf("the collector takes no events for the moment")
