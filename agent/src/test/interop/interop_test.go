package interop

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"

	"forebay/interop/collector"
	pb "forebay/interop/collectorpb"
	"forebay/interop/identity"
	"forebay/interop/sensor"
)

// wire is a connection with certificates, or without.
type wire struct {
	name         string
	certificates string // a directory of make-test-ca, or nothing for plain text
}

func wires(t *testing.T) []wire {
	t.Helper()
	directory := filepath.Join(t.TempDir(), "certificates")
	output, err := exec.CommandContext(all,
		filepath.Join(root, "config-examples", "make-test-ca"), directory, "sensor-1").CombinedOutput()
	if err != nil {
		t.Fatalf("make-test-ca: %v: %s", err, output)
	}
	return []wire{{"plaintext", ""}, {"mtls", directory}}
}

func (w wire) files(name string) identity.Files {
	if w.certificates == "" {
		return identity.Files{}
	}
	return identity.Files{CA: w.path("ca.pem"), Certificate: w.path(name + ".pem"), Key: w.path(name + ".p8")}
}

func (w wire) path(file string) string {
	return filepath.Join(w.certificates, file)
}

// options gives those of the commands.
func (w wire) options(name string) []string {
	if w.certificates == "" {
		return nil
	}
	files := w.files(name)
	return []string{"-ca", files.CA, "-cert", files.Certificate, "-key", files.Key}
}

// A sensor in Go resumes, repeats a window, tells a gap and loses its connection: every event arrives once, in order.
func TestSensorToCollectorInput(t *testing.T) {
	for _, wire := range wires(t) {
		t.Run(wire.name, func(t *testing.T) {
			port, archive := freePort(t), t.TempDir()
			gateway := run(t, t.TempDir(), gatewayPipeline(wire, port, archive))
			target := "127.0.0.1:" + strconv.Itoa(port)
			send := func(options ...string) sensor.Report {
				options = append(append(options, "-target", target), wire.options("sensor-1")...)
				return decode[sensor.Report](t, start(t, filepath.Join(bin, "sensor"), options...).wait(30*time.Second))
			}

			begun := send("-events", "6000", "-gap", "1500-1999", "-repeat", "2", "-cut", "6")
			resumed := send("-events", "8000")
			refusals(t, wire, target)
			rubbish(t, target)

			if want := []string{"forebay.collector.v1.Collector", "grpc.health.v1.Health",
				"grpc.reflection.v1.ServerReflection"}; !containsAll(begun.Services, want) {
				t.Errorf("server reflection tells of %v; %v are expected", begun.Services, want)
			}
			equal(t, "the gateway knew the numbering before", begun.Known, false)
			equal(t, "cursor at the end", begun.NextSequence, 6000)
			equal(t, "connections cut", begun.Cuts, 1)
			equal(t, "events repeated", begun.Repeated, 500)
			equal(t, "duplicates", begun.Duplicates, 500)
			equal(t, "cursor at which the second run begins", resumed.Start, 6000)
			equal(t, "events sent by the second run", resumed.Sent, 2000)
			equal(t, "duplicates of the second run", resumed.Duplicates, 0)
			equal(t, "truncated events that the gateway counts", gateway.metric("forebay_node_events_total",
				`node="sensors"`, `event="truncated"`), 500)
			gateway.terminate()
			if strings.Contains(gateway.words(), "\tat ") {
				t.Errorf("a client has made the gateway log a stack trace: %s", gateway.words())
			}

			var expected []string
			for sequence := range uint64(8000) {
				if sequence < 1500 || sequence > 1999 {
					expected = append(expected, sensor.Body(sequence))
				}
			}
			sameLines(t, archived(t, archive), expected)
		})
	}
}

// The test vectors of the protocol are read, and written again as they stand.
func TestVectors(t *testing.T) {
	types := map[string]proto.Message{
		"stream-events-request":  &pb.StreamEventsRequest{},
		"stream-events-response": &pb.StreamEventsResponse{},
		"health-check-request":   &pb.HealthCheckRequest{},
		"health-check-response":  &pb.HealthCheckResponse{},
	}
	files, err := filepath.Glob(filepath.Join(root, "agent-core/src/test/resources/collector/*.bin"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no vectors: %v", err)
	}
	for _, file := range files {
		base := strings.TrimSuffix(filepath.Base(file), ".bin")
		words := strings.SplitN(base, "-", 4)
		message, known := types[strings.Join(words[:3], "-")]
		if !known {
			t.Errorf("%s is of no type of the protocol", base)
			continue
		}
		encoded, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(strings.TrimSuffix(file, ".bin") + ".txtpb")
		if err != nil {
			t.Fatal(err)
		}
		decoded, described := proto.Clone(message), proto.Clone(message)
		if err := proto.Unmarshal(encoded, decoded); err != nil {
			t.Errorf("%s: %v", base, err)
			continue
		}
		if err := prototext.Unmarshal(text, described); err != nil {
			t.Errorf("%s: %v", base, err)
			continue
		}
		if !proto.Equal(decoded, described) {
			t.Errorf("%s: the bytes say %v, the text %v", base, decoded, described)
		}
		again, err := proto.MarshalOptions{Deterministic: true}.Marshal(decoded)
		if err != nil || !bytes.Equal(again, encoded) {
			t.Errorf("%s: written again as %x, not %x: %v", base, again, encoded, err)
		}
	}
}

// What a collector must refuse.
func refusals(t *testing.T, wire wire, target string) {
	t.Helper()
	ahead := uint64(1_000_000)
	event := func(sequence uint64) *pb.Event { return &pb.Event{Sequence: sequence, Item: sensor.Item(sequence)} }
	one := sensor.Window{Events: []*pb.Event{event(ahead)}}
	type refusal struct {
		what    string
		agentID string
		files   identity.Files
		window  sensor.Window
		want    codes.Code
	}
	own := wire.files("sensor-1")
	all := []refusal{
		{"a window that leaves something out", "sensor-1", own,
			sensor.Window{ContinuesFrom: &ahead, Events: one.Events}, codes.Aborted},
		{"numbers that fall", "sensor-1", own,
			sensor.Window{Events: []*pb.Event{event(ahead + 1), event(ahead)}}, codes.InvalidArgument},
		{"no agent id", "", own, one, codes.InvalidArgument},
	}
	if wire.certificates != "" {
		anonymous := identity.Files{CA: own.CA}
		all = append(all,
			refusal{"the id of another agent", "sensor-2", own, one, codes.PermissionDenied},
			refusal{"no certificate", "sensor-1", anonymous, one, codes.Unavailable})
	}
	for _, each := range all {
		tls, err := each.files.Client("localhost")
		if err != nil {
			t.Fatal(err)
		}
		client, err := sensor.Dial(target, each.agentID, 1, tls)
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.Send(t.Context(), each.window, 32)
		if got := status.Code(err); got != each.want {
			t.Errorf("%s: %s is expected, not: %v", each.what, each.want, err)
		}
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	}
}

// An agent's lines reach a collector in Go once and in order, although that refuses, makes it wait, drops the connection
// in mid-window, and drops it between the record and the answer.
func TestCollectorOutputToCollector(t *testing.T) {
	const lines = 20000
	for _, wire := range wires(t) {
		t.Run(wire.name, func(t *testing.T) {
			options := append([]string{"-events", strconv.Itoa(lines), "-retry-delay", "2s", "-fault", "2:unavailable",
				"-fault", "5:drop", "-fault", "8:unanswered", "-fault", "12:exhausted"}, wire.options("server")...)
			receiver := start(t, filepath.Join(bin, "collector"), options...)
			port := listeningPort(t, receiver)
			logs := t.TempDir()
			var text strings.Builder
			for i := range lines {
				fmt.Fprintf(&text, "line %06d\n", i)
			}
			if err := os.WriteFile(filepath.Join(logs, "app.log"), []byte(text.String()), 0o600); err != nil {
				t.Fatal(err)
			}
			agent := run(t, t.TempDir(), sensorPipeline(wire, port, logs, t.TempDir()))

			report := decode[collector.Report](t, receiver.wait(40*time.Second))

			agent.await("the last answer has come", 10*time.Second, func() bool {
				return agent.metric("ed_pipeline_node_write_items_total", `ed_pipeline_node_name="collector"`) == lines
			})
			agent.terminate()
			if len(report.Agents) != 1 {
				t.Fatalf("%d numberings have come, not one", len(report.Agents))
			}
			recorded := report.Agents[0]
			equal(t, "agent id", recorded.AgentID, "sensor-1")
			equal(t, "events sent again that the collector had", recorded.Duplicates, 0)
			equal(t, "largest message, in events", report.LargestBatch, 32)
			equal(t, "windows under way at once", report.MaxUnderWay, 2)
			if !slices.IsSorted(recorded.Sequences) {
				t.Error("the numbers do not rise")
			}
			for _, gap := range recorded.Gaps {
				equal(t, fmt.Sprintf("reason of the gap %d-%d", gap.First, gap.Last), gap.Reason, "GAP_REASON_SKIPPED")
			}
			var bodies, expected []string
			for i, item := range recorded.Items {
				bodies = append(bodies, decode[struct{ Body string }](t, item).Body)
				expected = append(expected, fmt.Sprintf("line %06d", i))
			}
			equal(t, "events", len(bodies), lines)
			sameLines(t, bodies, expected)
			equal(t, "faults that happened", len(report.Happened), 4)
			for _, fault := range report.Happened {
				// One more window may have been under way.
				if fault.Fault == collector.Exhausted && len(fault.WindowsMillis) > 1 && fault.WindowsMillis[1] < 2000 {
					t.Errorf("told to wait 2 s, the agent began windows after %v ms", fault.WindowsMillis)
				}
			}
		})
	}
}

// rubbish connects with what is neither gRPC nor TLS, until the gateway closes the connection.
func rubbish(t *testing.T, target string) {
	t.Helper()
	conn, err := net.DialTimeout("tcp", target, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"+strings.Repeat("rubbish ", 100)); err != nil {
		t.Fatal(err)
	}
	var timeout net.Error
	if _, err := io.Copy(io.Discard, conn); errors.As(err, &timeout) && timeout.Timeout() {
		t.Error("the gateway keeps a connection that speaks neither gRPC nor TLS")
	}
}

func gatewayPipeline(w wire, port int, archive string) string {
	tls := ""
	if w.certificates != "" {
		tls = fmt.Sprintf(`
  agent_id_check: common_name
  tls:
    ca_file: %s
    crt_file: %s
    key_file: %s
    client_auth_type: requireandverifyclientcert`, w.path("ca.pem"), w.path("server.pem"), w.path("server.p8"))
	}
	return fmt.Sprintf(`version: v3
settings:
  tag: gateway
nodes:
- name: sensors
  type: collector_input
  listen: 127.0.0.1
  port: %d%s
- name: archive
  type: localstorage_output
  parallel_worker_count: 1 # several would write in any order
  mounted_path: %s
  compression: uncompressed
  encoding: raw
  path_prefix:
    order: [tag]
    format: '%%s/'
links:
- from: sensors
  to: archive
`, port, tls, archive)
}

func sensorPipeline(w wire, port int, logs, queue string) string {
	tls := ""
	if w.certificates != "" {
		tls = fmt.Sprintf(`
  tls:
    ca_file: %s
    crt_file: %s
    key_file: %s
    key_password: changeit`, w.path("ca.pem"), w.path("sensor-1.pem"), w.path("sensor-1.encrypted.p8"))
	}
	return fmt.Sprintf(`version: v3
settings:
  tag: sensor
nodes:
- name: logs
  type: file_input
  path: %s/*.log
- name: collector
  type: collector_output
  endpoint: localhost
  port: %d
  agent_id: sensor-1
  retry:
    initial_interval: 100ms
    max_interval: 500ms
  window:
    size: 1000%s
  persistent_queue:
    path: %s
links:
- from: logs
  to: collector
`, logs, port, tls, filepath.Join(queue, "ring"))
}

// archived gives the lines of an archive's files, which are named by their time.
func archived(t *testing.T, archive string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(archive, "gateway", "*"))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(files)
	var lines []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")...)
	}
	return lines
}

func listeningPort(t *testing.T, p *process) int {
	t.Helper()
	for begun := time.Now(); time.Since(begun) < 10*time.Second; time.Sleep(20 * time.Millisecond) {
		if first, _, found := strings.Cut(p.words(), "\n"); found {
			port, err := strconv.Atoi(first)
			if err != nil {
				t.Fatal(first)
			}
			return port
		}
	}
	t.Fatal("the collector does not listen")
	return 0
}

// sameLines names the first difference.
func sameLines(t *testing.T, got, want []string) {
	t.Helper()
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Fatalf("line %d is %q, not %q: lost, doubled or out of order", i, got[i], want[i])
		}
	}
	equal(t, "lines", len(got), len(want))
}

func equal[V comparable](t *testing.T, what string, got, want V) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v is expected, not %v", what, want, got)
	}
}

func containsAll(got, want []string) bool {
	return !slices.ContainsFunc(want, func(each string) bool { return !slices.Contains(got, each) })
}

func decode[V any](t *testing.T, text string) V {
	t.Helper()
	var value V
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%v: %.200s", err, text)
	}
	return value
}
