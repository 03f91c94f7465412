package overlay

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"

	"github.com/spf13/cobra"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/scenarios/results"
)

// keyHead starts a file with a private key, so that it is not taken for something else.
const keyHead = "swarmlab ed25519 seed "

func newKeygen() *cobra.Command {
	return &cobra.Command{
		Use:     "keygen FILE",
		Short:   "Make a private key for mutable items",
		Example: "  swarmlab dht keygen my.key",
		Args:    command.Arguments("FILE"),
		RunE: func(c *cobra.Command, args []string) error {
			public, private, err := ed25519.GenerateKey(nil)
			if err != nil {
				return command.Exit(command.Failed, err)
			}
			const mode = os.O_WRONLY | os.O_CREATE | os.O_EXCL // never over another key
			file, err := os.OpenFile(args[0], mode, 0o600)
			if errors.Is(err, fs.ErrExist) {
				return command.Refuse("%s exists and is left as it is; name a new file", args[0])
			}
			if err != nil {
				return command.Exit(command.Refused, err)
			}
			_, err = io.WriteString(file, keyHead+hex.EncodeToString(private.Seed())+"\n")
			if closing := file.Close(); err == nil {
				err = closing
			}
			if err != nil {
				return command.Exit(command.Failed, err)
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "public key %x\n", public)
			return err
		},
	}
}

// readKey reads what keygen wrote.
func readKey(name string) (ed25519.PrivateKey, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, command.Exit(command.Refused, err)
	}
	defer file.Close()
	about, err := file.Stat()
	if err != nil {
		return nil, command.Exit(command.Refused, err)
	}
	b, err := io.ReadAll(io.LimitReader(file, 1<<10))
	if err != nil {
		return nil, command.Exit(command.Refused, err)
	}
	digits, is := bytes.CutPrefix(bytes.TrimSpace(b), []byte(keyHead))
	seed, err := hex.DecodeString(string(digits))
	if !is || err != nil || len(seed) != ed25519.SeedSize {
		return nil, command.Refuse("%s is no key file; make one with: swarmlab dht keygen FILE",
			name)
	}
	if mode := about.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		return nil, command.Refuse("%s is a secret that others on this machine can read or "+
			"write (%v); mend that with: chmod 600 %s", name, mode, results.ShellWord(name))
	}
	return ed25519.NewKeyFromSeed(seed), nil
}
