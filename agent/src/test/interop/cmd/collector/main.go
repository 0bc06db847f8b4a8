// Command collector takes events from agents, fails on demand, and prints as JSON what it has got: when as many events as
// were expected are recorded, or at SIGINT or SIGTERM.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"forebay/interop/collector"
	"forebay/interop/identity"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("collector: ")
	var files identity.Files
	files.Flags()
	listen := flag.String("listen", "127.0.0.1:0", "address to listen on; its port is the first line of standard error")
	expected := flag.Uint64("events", 0, "end when so many events are recorded; 0 to wait for a signal")
	retryDelay := flag.Duration("retry-delay", 2*time.Second, "what the fault exhausted tells the sender to wait")
	faults := collector.Faults{}
	flag.Var(faults, "fault", "`N:KIND`: what window N meets: unavailable, exhausted, drop or unanswered (repeatable)")
	flag.Parse()

	tls, err := files.Server()
	if err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Fprintln(os.Stderr, listener.Addr().(*net.TCPAddr).Port)
	server := collector.Start(listener, tls, *expected, faults, *retryDelay)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	select {
	case <-server.Done:
	case <-ctx.Done():
	}
	if err := json.NewEncoder(os.Stdout).Encode(server.Stop()); err != nil {
		log.Fatal(err)
	}
}
