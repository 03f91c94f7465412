package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/spf13/cobra"
)

// dhtReport is what a command prints, for people or as a JSON document.
type dhtReport interface{ print(w io.Writer) }

// printDHT prints r and returns err. The document is printed also after a failure, and says so.
func printDHT(c *cobra.Command, asJSON bool, r dhtReport, err error) error {
	var b bytes.Buffer
	if asJSON {
		if failure := printJSON(&b, r); failure != nil {
			panic(failure) // our own types can be encoded
		}
	} else {
		r.print(&b)
	}
	if _, failure := c.OutOrStdout().Write(b.Bytes()); failure != nil {
		return fail("cannot print the result: %w", errors.Join(failure, err))
	}
	return err
}

// printJSON prints a document. What is in it is for no web page: & stays as it is.
func printJSON(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// printLine prints an object on a line of its own.
func printLine(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
