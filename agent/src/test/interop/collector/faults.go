package collector

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Fault is what a window meets.
type Fault string

const (
	// Unavailable refuses the window.
	Unavailable Fault = "unavailable"
	// Exhausted refuses it, with the time to wait.
	Exhausted Fault = "exhausted"
	// Drop closes the connection after the window's first message.
	Drop Fault = "drop"
	// Unanswered closes the connection after the whole window was recorded, so that the sender cannot know.
	Unanswered Fault = "unanswered"
)

// Faults gives the fault of a window, counted from 1.
type Faults map[int]Fault

// String and Set make a flag of it: -fault 3:drop.
func (f Faults) String() string {
	return fmt.Sprint(map[int]Fault(f))
}

// Set adds one.
func (f Faults) Set(text string) error {
	ordinal, kind, _ := strings.Cut(text, ":")
	number, err := strconv.Atoi(ordinal)
	if err != nil || number < 1 {
		return fmt.Errorf("%q does not begin with the number of a window", text)
	}
	switch fault := Fault(kind); fault {
	case Unavailable, Exhausted, Drop, Unanswered:
		f[number] = fault
		return nil
	default:
		return fmt.Errorf("%q is none of unavailable, exhausted, drop, unanswered", kind)
	}
}

// Happened tells of a fault and what the sender did then.
type Happened struct {
	Window int   `json:"window"`
	Fault  Fault `json:"fault"`
	// WindowsMillis are the times from the fault to the beginnings of the next windows.
	WindowsMillis []int64 `json:"windows_ms"`

	at time.Time
}
