package command

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/spf13/cobra"
)

// Report is what a command prints, for people or as a JSON document.
type Report interface{ Print(w io.Writer) }

// Print prints r and returns err. The document is printed also after a failure, and says so.
func Print(c *cobra.Command, asJSON bool, r Report, err error) error {
	var b bytes.Buffer
	if asJSON {
		if failure := PrintJSON(&b, r); failure != nil {
			panic(failure) // our own types can be encoded
		}
	} else {
		r.Print(&b)
	}
	if _, failure := c.OutOrStdout().Write(b.Bytes()); failure != nil {
		return Fail("cannot print the result: %w", errors.Join(failure, err))
	}
	return err
}

// PrintJSON prints a document. What is in it is for no web page: & stays as it is.
func PrintJSON(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// PrintLine prints an object on a line of its own.
func PrintLine(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
