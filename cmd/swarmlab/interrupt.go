package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// endings are the signals by which a user ends the program: Ctrl-C, kill, and the end of the
// terminal, unless it is to outlive that (nohup).
func endings() []os.Signal {
	all := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		all = append(all, syscall.SIGHUP)
	}
	return all
}

// untilEnded returns a context that the user's signals cancel, for what runs until then. A reader
// that went away is heard of as an error of printing, and its signal is ignored: asked for, SIGPIPE
// comes as well when a stranger closes a connection that is written to.
func untilEnded(parent context.Context) (ctx context.Context, release func()) {
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(parent, endings()...)
	return ctx, func() {
		stop()
		signal.Reset(syscall.SIGPIPE)
	}
}

// withInterrupts returns a context that Ctrl-C cancels. A second Ctrl-C calls abandon and ends the
// program at once. Call release when the work is done.
func withInterrupts(
	parent context.Context, abandon func(),
) (ctx context.Context, release func()) {
	ctx, cancel := context.WithCancel(parent)
	signals := make(chan os.Signal, 2)
	over := make(chan struct{})
	signal.Notify(signals, endings()...)
	go func() {
		select {
		case <-signals:
			cancel()
		case <-over:
			return
		}
		select {
		case <-signals:
			abandon()
			fmt.Fprintln(os.Stderr, "\nswarmlab: stopped at once")
			os.Exit(interrupted)
		case <-over:
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(over)
		cancel()
	}
}
