package command

import (
	"errors"
	"fmt"
)

// The exit statuses of the program.
const (
	Done        = 0
	Failed      = 1   // it ran, and did not succeed
	Refused     = 2   // the input was refused; nothing was done
	Interrupted = 130 // by Ctrl-C; what was finished is kept
)

// How that ended which goes on until it is told to end, as documents say it.
const (
	EndedInTime   = "time"
	EndedByCaller = "interrupted"
)

// ExitError is an error with the exit status that it calls for. Without an error inside, all that
// is to be said has been said.
type ExitError struct {
	code int
	err  error
}

// Error implements error.
func (e ExitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

// Unwrap gives errors.Is and errors.As the cause.
func (e ExitError) Unwrap() error { return e.err }

// Exit returns err with an exit status. err may be nil, if all has been said.
func Exit(code int, err error) error { return ExitError{code, err} }

// Refuse returns an error for the user that refuses what was given.
func Refuse(format string, args ...any) error { return Exit(Refused, fmt.Errorf(format, args...)) }

// Fail returns an error for the user about what was tried.
func Fail(format string, args ...any) error { return Exit(Failed, fmt.Errorf(format, args...)) }

// Interrupt returns an error for the user about what was interrupted.
func Interrupt(format string, args ...any) error {
	return Exit(Interrupted, fmt.Errorf(format, args...))
}

// Status returns the exit status that err calls for. An error without one refuses the input.
func Status(err error) int {
	var e ExitError
	switch {
	case err == nil:
		return Done
	case errors.As(err, &e):
		return e.code
	}
	return Refused
}
