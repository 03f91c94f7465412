package overlay

import (
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/identity"
	"swarmlab/protocol/bencode"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
)

const exampleEntry = "--bootstrap 127.0.0.1:6881"

func newGet() *cobra.Command {
	var f flags
	var salt string
	c := &cobra.Command{
		Use:   "get TARGET|PUBLIC-KEY|MAGNET",
		Short: "Get a stored item (BEP 44), or where a mutable torrent points (BEP 46)",
		Long: `Get a stored item (BEP 44). TARGET is the hash under which it is stored, 40
hexadecimal digits; a PUBLIC-KEY has 64, and is, with the salt, where a mutable item
is found; MAGNET is a link of BEP 46, magnet:?xs=urn:btpk:KEY&s=SALT. Items whose hash
or signature is wrong are not shown; of several, the one with the highest seq is.`,
		Example: "  swarmlab dht get e5f96f6f38320f0f33959cb4d3d656452117aadb " + exampleEntry,
		Args:    command.Arguments("TARGET"),
		RunE: func(c *cobra.Command, args []string) error {
			r, err := parseItemPlace(args[0], salt)
			if err != nil {
				return err
			}
			return f.lookup(c, r)
		},
	}
	c.Flags().StringVar(&salt, "salt", "", "`TEXT` that tells apart the items of one key")
	f.addLookup(c)
	return c
}

const magnetKey = "urn:btpk:"

// parseItemPlace reads where an item is stored.
func parseItemPlace(text, salt string) (dht.Request, error) {
	r := dht.Request{Method: krpc.Get}
	key := text
	if strings.HasPrefix(text, "magnet:") {
		var err error
		if key, salt, err = parseMagnetKey(text); err != nil {
			return r, err
		}
	}
	if len(salt) > krpc.SaltMax {
		return r, command.Refuse("the salt has %d bytes; BEP 44 allows %d", len(salt), krpc.SaltMax)
	}
	if len(key) == 2*krpc.KeySize {
		public, err := hex.DecodeString(key)
		if err != nil {
			return r, command.Refuse("PUBLIC-KEY %.80q is not 64 hexadecimal digits", key)
		}
		r.Target = krpc.MutableTarget(public, []byte(salt))
	} else {
		var err error
		if r.Target, err = identity.Parse("TARGET", key); err != nil {
			return r, err
		}
	}
	if salt != "" {
		r.Item = &krpc.Item{Salt: []byte(salt)}
	}
	return r, nil
}

func parseMagnetKey(link string) (key, salt string, err error) {
	u, err := url.Parse(link)
	if err == nil {
		key = strings.TrimPrefix(u.Query().Get("xs"), magnetKey)
	}
	octets, bad := hex.DecodeString(u.Query().Get("s"))
	if err != nil || bad != nil || len(key) != 2*krpc.KeySize {
		return "", "", command.Refuse("%.200q is no link to a mutable torrent; write "+
			"magnet:?xs=%sKEY&s=SALT, both in hexadecimal digits", link, magnetKey)
	}
	return key, string(octets), nil
}

// putFlags say what put is to store.
type putFlags struct {
	flags
	file, pointer, key, salt string
	seq, cas                 int64
}

func newPut() *cobra.Command {
	var f putFlags
	c := &cobra.Command{
		Use:   "put [TEXT]",
		Short: "Store an item (BEP 44), or point to a torrent (BEP 46)",
		Long: `Store an item (BEP 44) at the nodes closest to its hash: TEXT as one string, or one
bencoded value from --file, or with --pointer a link to a torrent (BEP 46).

Without --key the item is immutable. With it, it is signed, and its place is that of
the public key and the salt; it gets the seq after the newest one found there, which
it replaces only if no other comes between (cas).`,
		Example: "  swarmlab dht put \"Hello World!\" " + exampleEntry + "\n" +
			"  swarmlab dht put --key my.key --pointer " + exampleID + " " + exampleEntry,
		RunE: func(c *cobra.Command, args []string) error { return f.put(c, args) },
	}
	c.Flags().StringVar(&f.file, "file", "", "`FILE` with the bencoded value; - is standard input")
	c.Flags().StringVar(&f.pointer, "pointer", "", "`INFOHASH` of the torrent to point to")
	c.Flags().StringVar(&f.key, "key", "", "`FILE` with the private key; see dht keygen")
	c.Flags().StringVar(&f.salt, "salt", "", "`TEXT` that tells apart the items of one key")
	c.Flags().Int64Var(&f.seq, "seq", -1, "version `NUMBER` (default one more than is stored)")
	c.Flags().Int64Var(&f.cas, "cas", -1,
		"store only where this `SEQ` is stored (default the newest found, if --seq is not given)")
	c.Flags().Lookup("seq").DefValue, c.Flags().Lookup("cas").DefValue = "0", "0" // not shown
	f.addLookup(c)
	return c
}

func (f *putFlags) put(c *cobra.Command, args []string) error {
	value, err := f.value(args)
	if err != nil {
		return err
	}
	for _, name := range []string{"seq", "cas"} {
		if n, _ := c.Flags().GetInt64(name); n < 0 && c.Flags().Changed(name) {
			return command.Refuse("--%s %d is negative; versions begin with 0", name, n)
		}
	}
	it := &krpc.Item{V: value}
	if f.key != "" {
		return f.putMutable(c, it)
	}
	if c.Flags().Changed("salt") || f.seq >= 0 || f.cas >= 0 {
		return command.Refuse("--salt, --seq and --cas are of mutable items: give --key too")
	}
	warnOfSize(c.ErrOrStderr(), it)
	return f.lookup(c, dht.Request{Method: krpc.Put, Item: it})
}

// warnOfSize says that an item is stored in vain, or may be.
func warnOfSize(w io.Writer, it *krpc.Item) {
	if !dht.Returnable(it) {
		fmt.Fprintf(w, "swarmlab: warning: the value has %d bytes, bencoded; a reply with it and "+
			"what belongs to it is above the 1024 bytes of BEP 32, so that some nodes refuse it, "+
			"ours for one; up to 893 fit, and 757 with --key\n", len(it.V))
	}
}

// main.putMutable signs the item with the key and stores it.
func (f *putFlags) putMutable(c *cobra.Command, it *krpc.Item) error {
	private, err := readKey(f.key)
	if err != nil {
		return err
	}
	if len(f.salt) > krpc.SaltMax {
		return command.Refuse("the salt has %d bytes; BEP 44 allows %d", len(f.salt), krpc.SaltMax)
	}
	it.Key, it.Salt = private.Public().(ed25519.PublicKey), []byte(f.salt)
	warnOfSize(c.ErrOrStderr(), it)
	sign := func(seq int64) dht.Request {
		it.Seq, it.HasSeq = seq, true
		it.Cas, it.HasCas = f.cas, f.cas >= 0
		it.Sig = ed25519.Sign(private, krpc.AppendSigned(nil, it.Salt, seq, it.V))
		return dht.Request{Method: krpc.Put, Item: it}
	}
	if f.seq >= 0 {
		return f.lookup(c, sign(f.seq))
	}
	look := dht.Request{Method: krpc.Get, Target: it.Target(), Item: &krpc.Item{Salt: it.Salt}}
	return f.lookups(c, look, func(found *dht.Result) dht.Request {
		if found.Item == nil {
			return sign(0)
		}
		if found.Item.Seq == math.MaxInt64 {
			return sign(math.MaxInt64) // the last one: a put of the same value refreshes it
		}
		if f.cas < 0 {
			f.cas = found.Item.Seq
		}
		return sign(found.Item.Seq + 1)
	})
}

// value returns the bencoded value that is to be stored.
func (f *putFlags) value(args []string) ([]byte, error) {
	given := len(args)
	for _, text := range []string{f.file, f.pointer} {
		if text != "" {
			given++
		}
	}
	if given != 1 {
		return nil, command.Refuse("give one value to store: TEXT, --file or --pointer")
	}
	var v []byte
	switch {
	case f.pointer != "":
		infoHash, err := identity.Parse("--pointer", f.pointer)
		if err != nil {
			return nil, err
		}
		v = krpc.AppendPointer(nil, infoHash)
	case f.file != "":
		var err error
		if v, err = readValue(f.file); err != nil {
			return nil, err
		}
	default:
		v = bencode.AppendBytes(nil, []byte(args[0]))
	}
	if len(v) > krpc.ValueMax {
		return nil, command.Refuse("the value has %d bytes, bencoded; BEP 44 allows %d", len(v),
			krpc.ValueMax)
	}
	return v, nil
}

// readValue reads one bencoded value from a file.
func readValue(name string) ([]byte, error) {
	in := io.Reader(os.Stdin)
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, command.Exit(command.Refused, err)
		}
		defer file.Close()
		in = file
	}
	v, err := io.ReadAll(io.LimitReader(in, krpc.ValueMax+1))
	if err != nil {
		return nil, command.Exit(command.Failed, err)
	}
	if it := (krpc.Item{V: v}); len(v) <= krpc.ValueMax && !it.Canonical() {
		return nil, command.Refuse("%s: not one value in bencode's canonical form, such as "+
			"12:Hello World! or d1:ai1ee; remove what stands before or after it, a line end too",
			name)
	}
	return v, nil
}
