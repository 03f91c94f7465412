package main

import (
	"errors"
	"fmt"
)

// The exit statuses of the program.
const (
	done        = 0
	failed      = 1   // it ran, and did not succeed
	refused     = 2   // the input was refused; nothing was done
	interrupted = 130 // by Ctrl-C; what was finished is kept
)

// How that ended which goes on until it is told to end, as documents say it.
const (
	endedInTime   = "time"
	endedByCaller = "interrupted"
)

// exitError is an error with the exit status that it calls for. Without an error inside, all that
// is to be said has been said.
type exitError struct {
	code int
	err  error
}

// Error implements error.
func (e exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

// Unwrap gives errors.Is and errors.As the cause.
func (e exitError) Unwrap() error { return e.err }

// exit returns err with an exit status. err may be nil, if all has been said.
func exit(code int, err error) error { return exitError{code, err} }

// refuse returns an error for the user that refuses what was given.
func refuse(format string, args ...any) error { return exit(refused, fmt.Errorf(format, args...)) }

// fail returns an error for the user about what was tried.
func fail(format string, args ...any) error { return exit(failed, fmt.Errorf(format, args...)) }

// status returns the exit status that err calls for. An error without one refuses the input.
func status(err error) int {
	var e exitError
	switch {
	case err == nil:
		return done
	case errors.As(err, &e):
		return e.code
	}
	return refused
}
