package collector

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/reflection"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	pb "forebay/interop/collectorpb"
)

// Server is a collector. Done is closed when as many events are recorded as were expected.
type Server struct {
	pb.UnimplementedCollectorServer
	Done chan struct{}

	expected   uint64
	retryDelay time.Duration
	faults     Faults
	recorder   *recorder
	grpc       *grpc.Server
	listener   *droppable
	once       sync.Once

	mutex    sync.Mutex
	report   Report
	underWay int
}

// Report says what has come, and how.
type Report struct {
	Agents       []*Recorded `json:"agents"`
	HealthChecks int         `json:"health_checks"`
	Windows      int         `json:"windows"`
	Messages     int         `json:"messages"`
	LargestBatch int         `json:"largest_batch"`
	MaxUnderWay  int         `json:"max_under_way"`
	Happened     []*Happened `json:"happened"`
}

// Start serves on a listener. retryDelay is what the fault Exhausted tells the sender to wait.
func Start(listener net.Listener, tls credentials.TransportCredentials, expected uint64, faults Faults,
	retryDelay time.Duration) *Server {
	server := &Server{
		Done:       make(chan struct{}),
		expected:   expected,
		retryDelay: retryDelay,
		faults:     faults,
		recorder:   newRecorder(),
		listener:   &droppable{Listener: listener, open: map[net.Conn]bool{}},
		grpc: grpc.NewServer(grpc.Creds(tls), grpc.KeepaliveEnforcementPolicy(
			keepalive.EnforcementPolicy{MinTime: 5 * time.Second, PermitWithoutStream: true})),
	}
	pb.RegisterCollectorServer(server.grpc, server)
	standing := health.NewServer()
	standing.SetServingStatus(pb.Collector_ServiceDesc.ServiceName, healthpb.HealthCheckResponse_SERVING)
	healthpb.RegisterHealthServer(server.grpc, standing)
	reflection.Register(server.grpc)
	go func() { _ = server.grpc.Serve(server.listener) }()
	return server
}

// Stop answers what is under way and tells what has come.
func (s *Server) Stop() Report {
	timer := time.AfterFunc(5*time.Second, s.grpc.Stop)
	s.grpc.GracefulStop()
	timer.Stop()
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.report.Agents, _ = s.recorder.all()
	return s.report
}

// HealthCheck tells the cursor.
func (s *Server) HealthCheck(ctx context.Context, request *pb.HealthCheckRequest) (*pb.HealthCheckResponse, error) {
	if err := authorize(ctx, request.AgentId); err != nil {
		return nil, err
	}
	s.mutex.Lock()
	s.report.HealthChecks++
	s.mutex.Unlock()
	return &pb.HealthCheckResponse{
		Status:       pb.ServingStatus_SERVING_STATUS_SERVING,
		NextSequence: s.recorder.cursor(name{request.AgentId, request.Epoch}),
	}, nil
}

// StreamEvents takes one window.
func (s *Server) StreamEvents(stream grpc.ClientStreamingServer[pb.StreamEventsRequest, pb.StreamEventsResponse]) error {
	happened := s.begin()
	defer s.end()
	switch happened.Fault {
	case Unavailable:
		return status.Error(codes.Unavailable, "on purpose")
	case Exhausted:
		refusal, err := status.New(codes.ResourceExhausted, "on purpose").
			WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(s.retryDelay)})
		if err != nil {
			return err
		}
		return refusal.Err()
	}
	window, err := s.receive(stream, happened.Fault == Drop)
	if err != nil {
		return err
	}
	answer, err := s.recorder.add(window)
	if err != nil {
		return err
	}
	if happened.Fault == Unanswered {
		s.dropAll(happened)
		return status.Error(codes.Unavailable, "nobody hears this")
	}
	if err := stream.SendAndClose(answer); err != nil {
		return err
	}
	if _, events := s.recorder.all(); events == s.expected {
		s.once.Do(func() { close(s.Done) })
	}
	return nil
}

func (s *Server) receive(stream grpc.ClientStreamingServer[pb.StreamEventsRequest, pb.StreamEventsResponse], drop bool) (
	*window, error) {
	var received *window
	for {
		message, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if received == nil {
			if err := authorize(stream.Context(), message.AgentId); err != nil {
				return nil, err
			}
			received = &window{name: name{message.AgentId, message.Epoch}, continuesFrom: message.ContinuesFrom}
		}
		received.gaps = append(received.gaps, message.Gaps...)
		received.events = append(received.events, message.Events...)
		s.mutex.Lock()
		s.report.Messages++
		s.report.LargestBatch = max(s.report.LargestBatch, len(message.Events))
		s.mutex.Unlock()
		if drop {
			s.listener.drop()
		}
	}
	if received == nil {
		return nil, status.Error(codes.InvalidArgument, "the window has no message")
	}
	return received, nil
}

func (s *Server) begin() *Happened {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	now := time.Now()
	for _, before := range s.report.Happened {
		before.WindowsMillis = append(before.WindowsMillis, now.Sub(before.at).Milliseconds())
	}
	s.report.Windows++
	s.underWay++
	s.report.MaxUnderWay = max(s.report.MaxUnderWay, s.underWay)
	happened := &Happened{Window: s.report.Windows, Fault: s.faults[s.report.Windows], at: now}
	if happened.Fault != "" {
		s.report.Happened = append(s.report.Happened, happened)
	}
	return happened
}

func (s *Server) end() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.underWay--
}

// dropAll closes the connections, and counts the time from now.
func (s *Server) dropAll(happened *Happened) {
	s.mutex.Lock()
	happened.at = time.Now()
	s.mutex.Unlock()
	s.listener.drop()
}

// authorize demands that the certificate, where there is one, names the agent.
func authorize(ctx context.Context, agentID string) error {
	caller, _ := peer.FromContext(ctx)
	info, ok := caller.AuthInfo.(credentials.TLSInfo)
	if !ok {
		return nil
	}
	if named := info.State.PeerCertificates[0].Subject.CommonName; named != agentID {
		return status.Errorf(codes.PermissionDenied, "the certificate is that of %q, not of %q", named, agentID)
	}
	return nil
}

// droppable remembers its connections, so that they can be closed as a network would.
type droppable struct {
	net.Listener
	mutex sync.Mutex
	open  map[net.Conn]bool
}

// Accept waits for the next connection.
func (d *droppable) Accept() (net.Conn, error) {
	conn, err := d.Listener.Accept()
	if err != nil {
		return nil, err
	}
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.open[conn] = true
	return conn, nil
}

func (d *droppable) drop() {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	for conn := range d.open {
		_ = conn.Close()
		delete(d.open, conn)
	}
}
