package main

// The exit statuses of the program.
const (
	done        = 0
	failed      = 1   // it ran, and did not succeed
	refused     = 2   // the input was refused; nothing was done
	interrupted = 130 // by Ctrl-C; what was finished is kept
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
