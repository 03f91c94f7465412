package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/protocol/metainfo"
)

// Hostile files are refused with one line: the file, the byte, what is wrong, and how to mend it.
func TestHostileTorrents(t *testing.T) {
	const (
		rest  = "4:name1:x12:piece lengthi16384e6:pieces20:xxxxxxxxxxxxxxxxxxxxee"
		files = "d4:infod5:files"
		huge  = "d6:lengthi9223372036854775807e4:pathl1:aee"
	)
	for body, want := range map[string]string{
		files + "ld6:lengthi1e4:pathl2:..1:aeee" + rest: `byte 34: info.files[0].path[0]: ` +
			`".." is no name but leads to another folder; ask for a torrent without such names`,
		files + "ld6:lengthi1e4:pathl4:/etceee" + rest:   `"/etc" is a path, and should be`,
		files + "ld6:lengthi1e4:pathl2:C:1:aeee" + rest:  `"C:" is a drive`,
		files + "ld6:lengthi1e4:pathl3:a\x1bbeee" + rest: `"a\x1bb" has the control character`,
		files + "l" + huge + huge + "e" + rest: `info.files: the lengths of the files add up to ` +
			`more than 2^63-1`,
		"d4:infod9:file treed1:xd0:d6:lengthi5eeee12:meta versioni2e" + rest: `info.meta version` +
			`: this is a hybrid torrent of versions 1 and 2 (BEP 52); only version 1 is known`,
		"d4:info" + strings.Repeat("l", 1<<16):    `byte 38: lists and dictionaries are nested`,
		"d8:announce67108864:x":                   `byte 11: a string is longer than what is there`,
		strings.Repeat("d", metainfo.SizeMax+100): `larger than the limit of 50331648`,
		"": `is empty; get it again`,
	} {
		name := filepath.Join(t.TempDir(), "hostile.torrent")
		require.NoError(t, os.WriteFile(name, []byte(body), 0o666))
		var out, errOut bytes.Buffer
		args := []string{"torrent", "info", name, "--json"}
		require.Equal(t, command.Refused, execute(args, &out, &errOut))
		require.Empty(t, out.String())
		require.Contains(t, errOut.String(), want)
		require.True(t, strings.HasPrefix(errOut.String(), "swarmlab: "+name+": "), &errOut)
		require.Equal(t, 1, strings.Count(errOut.String(), "\n"))
		require.NotContains(t, errOut.String(), "\x1b")
	}
}
