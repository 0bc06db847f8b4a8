// Command sensor sends numbered events to a collector, going on where it stood, and prints as JSON what became of them.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"forebay/interop/identity"
	"forebay/interop/sensor"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("sensor: ")
	var files identity.Files
	files.Flags()
	var transfer sensor.Transfer
	target := flag.String("target", "127.0.0.1:4316", "address of the collector")
	serverName := flag.String("server-name", "localhost", "name in the collector's certificate")
	agentID := flag.String("agent-id", "sensor-1", "who sends")
	epoch := flag.Uint64("epoch", 1, "the numbering")
	timeout := flag.Duration("timeout", time.Minute, "give up after so long")
	flag.Uint64Var(&transfer.Events, "events", 1000, "how many numbers to send, from 0 on")
	flag.Uint64Var(&transfer.Window, "window", 500, "events of a window")
	flag.IntVar(&transfer.PerMessage, "message", 32, "events of a message")
	flag.Uint64Var(&transfer.Repeat, "repeat", 0, "window that is sent twice, from 1 on")
	flag.Uint64Var(&transfer.Cut, "cut", 0, "window in whose middle the connection is closed, from 1 on")
	gap := flag.String("gap", "", "`FIRST-LAST`: numbers without events, told as truncated")
	flag.Parse()

	if *gap != "" {
		if _, err := fmt.Sscanf(*gap, "%d-%d", &transfer.Gap[0], &transfer.Gap[1]); err != nil {
			log.Fatalf("-gap %s is not of the form FIRST-LAST", *gap)
		}
	}
	if err := transfer.Validate(); err != nil {
		log.Fatal(err)
	}
	tls, err := files.Client(*serverName)
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, *timeout)
	defer cancel()
	report, err := transfer.Run(ctx, func() (*sensor.Client, error) {
		return sensor.Dial(*target, *agentID, *epoch, tls)
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(report); err != nil {
		log.Fatal(err)
	}
}
