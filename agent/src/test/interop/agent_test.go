package interop

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

var (
	root = os.Getenv("INTEROP_ROOT")
	bin  = os.Getenv("INTEROP_BIN")
	// all ends with the time for all tests, or when they are told to end; whatever was started ends with it.
	all context.Context
)

func TestMain(m *testing.M) {
	if root == "" || bin == "" {
		fmt.Fprintln(os.Stderr, "these tests are started by ./run")
		os.Exit(2)
	}
	told, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	limited, cancel := context.WithTimeout(told, 85*time.Second)
	all = limited
	status := m.Run()
	cancel()
	stop()
	os.Exit(status)
}

// process is a program that ends with the test, at the latest.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	output *bytes.Buffer // standard output
	log    string        // standard error
	ended  chan error
}

func start(t *testing.T, program string, arguments ...string) *process {
	t.Helper()
	p := &process{t: t, output: &bytes.Buffer{}, ended: make(chan error, 1)}
	p.log = filepath.Join(t.TempDir(), "log")
	file, err := os.Create(p.log)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	p.cmd = exec.CommandContext(all, program, arguments...)
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	p.cmd.WaitDelay = 3 * time.Second
	p.cmd.Stdout, p.cmd.Stderr = p.output, file
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.ended <- p.cmd.Wait() }()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		select {
		case <-p.ended:
		case <-time.After(5 * time.Second):
		}
		if t.Failed() {
			t.Logf("the last words of %s:\n%s", filepath.Base(program), p.words())
		}
	})
	return p
}

// wait waits for an orderly end, and gives standard output.
func (p *process) wait(limit time.Duration) string {
	p.t.Helper()
	select {
	case err := <-p.ended:
		p.ended <- err
		if err != nil {
			p.t.Fatalf("%s: %v: %s", filepath.Base(p.cmd.Path), err, p.words())
		}
	case <-time.After(limit):
		p.t.Fatalf("%s has not ended after %s: %s", filepath.Base(p.cmd.Path), limit, p.words())
	}
	return p.output.String()
}

func (p *process) terminate() string {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatalf("%s: %v: %s", filepath.Base(p.cmd.Path), err, p.words())
	}
	return p.wait(20 * time.Second)
}

func (p *process) words() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-3000):])
}

// agent is Forebay.
type agent struct {
	*process
	admin string
}

// run starts an agent with a pipeline and waits until it is ready.
func run(t *testing.T, data, pipeline string) *agent {
	t.Helper()
	config := filepath.Join(t.TempDir(), "pipeline.yaml")
	if err := os.WriteFile(config, []byte(pipeline), 0o600); err != nil {
		t.Fatal(err)
	}
	admin := "127.0.0.1:" + strconv.Itoa(freePort(t))
	a := &agent{start(t, filepath.Join(root, "forebay"), "run", "-c", config, "--admin", admin, "--data-dir", data), admin}
	a.await("it is ready", 30*time.Second, func() bool {
		status, _ := a.get("/health/ready")
		return status == http.StatusOK
	})
	return a
}

func (a *agent) await(what string, limit time.Duration, condition func() bool) {
	a.t.Helper()
	for begun := time.Now(); !condition(); time.Sleep(50 * time.Millisecond) {
		select {
		case err := <-a.ended:
			a.ended <- err
			a.t.Fatalf("waiting until %s, but the agent has ended: %v: %s", what, err, a.words())
		default:
		}
		if time.Since(begun) > limit {
			_, status := a.get("/api/status")
			a.t.Fatalf("%s: not after %s; %s\n%s", what, limit, status, a.words())
		}
	}
}

func (a *agent) get(path string) (int, string) {
	ctx, cancel := context.WithTimeout(all, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+a.admin+path, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, ""
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, ""
	}
	return answer.StatusCode, string(body)
}

// metric adds up the series of a meter whose labels hold all of labels.
func (a *agent) metric(name string, labels ...string) float64 {
	_, text := a.get("/metrics")
	sum := 0.0
series:
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, name+"{") {
			continue
		}
		for _, label := range labels {
			if !strings.Contains(line, label) {
				continue series
			}
		}
		fields := strings.Fields(line)
		value, err := strconv.ParseFloat(fields[len(fields)-1], 64)
		if err != nil {
			a.t.Fatalf("%s: %v", line, err)
		}
		sum += value
	}
	return sum
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr).Port
}
