package command

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// Endings are the signals by which a user ends the program: Ctrl-C, kill, and the end of the
// terminal, unless it is to outlive that (nohup).
func Endings() []os.Signal {
	all := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		all = append(all, syscall.SIGHUP)
	}
	return all
}

// UntilEnded returns a context that the user's signals cancel, for what runs until then. A reader
// that went away is heard of as an error of printing, and its signal is ignored: asked for, SIGPIPE
// comes as well when a stranger closes a connection that is written to.
func UntilEnded(parent context.Context) (ctx context.Context, release func()) {
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(parent, Endings()...)
	return ctx, func() {
		stop()
		signal.Reset(syscall.SIGPIPE)
	}
}

// WithInterrupts returns a context that Ctrl-C cancels. A second Ctrl-C calls abandon and ends the
// program at once. Call release when the work is done.
func WithInterrupts(
	parent context.Context, abandon func(),
) (ctx context.Context, release func()) {
	ctx, cancel := context.WithCancel(parent)
	signals := make(chan os.Signal, 2)
	over := make(chan struct{})
	signal.Notify(signals, Endings()...)
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
			os.Exit(Interrupted)
		case <-over:
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(over)
		cancel()
	}
}
