package scenarios

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"swarmlab/netmodel"
)

// ChurnFiles are the files that churns name, each read once. The zero value has none yet. It
// belongs to one goroutine at a time.
type ChurnFiles struct {
	traces   map[string]*netmodel.Trace
	observed map[string]*netmodel.Observed
}

// Churn returns the coming and going of a group's nodes with all that its files have. The error
// names the setting or the line of the file.
func (f *ChurnFiles) Churn(s *Scenario, g *Group) (netmodel.Churn, error) {
	c := &g.Churn
	path := "groups." + g.Name + ".churn"
	churn := netmodel.Churn{Graceful: c.Graceful}
	if c.Trace != "" {
		return churn, f.replay(s, c, path, &churn)
	}
	start, err := netmodel.ParseStart(c.Start)
	if err != nil {
		panic("scenarios: " + err.Error()) // the words were checked
	}
	churn.AlwaysOn, churn.Start = c.AlwaysOn, start
	churn.Arrivals = netmodel.Rhythm{Swing: c.Arrivals.Swing, Burst: c.Arrivals.Burst,
		Period: time.Duration(c.Arrivals.Period), Peak: time.Duration(c.Arrivals.Peak)}
	if churn.Session, err = f.span(s, c.Session, path+".session"); err != nil {
		return churn, err
	}
	if churn.Offline, err = f.span(s, c.Offline, path+".offline"); err != nil {
		return churn, err
	}
	if err := churn.Check(); err != nil {
		return churn, s.Refuse(path, "%v", err)
	}
	return churn, nil
}

// replay adds the trace.
func (f *ChurnFiles) replay(s *Scenario, c *Churn, path string, churn *netmodel.Churn) error {
	path += ".trace"
	name := s.beside(c.Trace)
	trace := f.traces[name]
	if trace == nil {
		err := s.read(path, c.Trace, func(r io.Reader, name string) (err error) {
			trace, err = netmodel.LoadTrace(r, name)
			return err
		})
		if err != nil {
			return err
		}
		if f.traces == nil {
			f.traces = map[string]*netmodel.Trace{}
		}
		f.traces[name] = trace
	}
	churn.Trace = netmodel.Replay{Of: trace, From: time.Duration(c.TraceFrom)}
	if err := churn.Check(); err != nil {
		return s.Refuse(path, "%s: %v", c.Trace, err)
	}
	from := time.Duration(c.TraceFrom)
	if at, ok := trace.Earliest(from); !ok || at-from >= time.Duration(s.Duration) {
		return s.Refuse(path, "nobody of %s is up within %s from %s on; simulate longer, or write "+
			"another trace_from", c.Trace, s.Duration, c.TraceFrom)
	}
	return nil
}

// span returns a distribution with what its file has, if it names one.
func (f *ChurnFiles) span(s *Scenario, span netmodel.Span, path string) (netmodel.Span, error) {
	if span.File() == "" {
		return span, nil
	}
	name := s.beside(span.File())
	observed := f.observed[name]
	if observed == nil {
		err := s.read(path, span.File(), func(r io.Reader, name string) (err error) {
			observed, err = netmodel.LoadObserved(r, name)
			return err
		})
		if err != nil {
			return span, err
		}
		if f.observed == nil {
			f.observed = map[string]*netmodel.Observed{}
		}
		f.observed[name] = observed
	}
	return span.Of(observed), nil
}

// read opens a file that a setting names, unpacks it if its name ends in .gz, and hands it to what
// reads no more of it than it should.
func (s *Scenario) read(path, file string, load func(r io.Reader, name string) error) error {
	name := s.beside(file)
	about, err := os.Stat(name)
	if err == nil && !about.Mode().IsRegular() {
		return s.Refuse(path, "%s is no file but %s; name a file", name, kindOf(about.Mode()))
	}
	var f *os.File
	if err == nil {
		f, err = os.Open(name)
	}
	if err != nil {
		return s.Refuse(path, "%v; the path is relative to the scenario file", err)
	}
	defer f.Close()
	if !strings.HasSuffix(name, ".gz") {
		return load(f, name)
	}
	unpacked, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		return fmt.Errorf("%s: it is not packed with gzip: %w; remove the .gz from its name", name,
			err)
	}
	return load(unpacked, name)
}

func kindOf(m os.FileMode) string {
	if m.IsDir() {
		return "a folder"
	}
	return "a device or a pipe"
}

// gatherChurns renames the files of all churns, those of a sweep too.
func (s *Scenario) gatherChurns(gather func(file string) (string, error)) error {
	for i := range s.Groups {
		if err := s.Groups[i].Churn.rename(gather); err != nil {
			return err
		}
	}
	for a := range s.Vary {
		axis := &s.Vary[a]
		if !strings.Contains(axis.Path, ".churn") {
			continue
		}
		axis.Values = slices.Clone(axis.Values)
		for v, text := range axis.Values {
			renamed, err := s.gatherValue(axis.Path, text, gather)
			if err != nil {
				return err
			}
			axis.Values[v] = renamed
		}
	}
	return nil
}

// gatherValue renames the files in a value of a setting that belongs to a churn.
func (s *Scenario) gatherValue(
	path, text string, gather func(file string) (string, error),
) (string, error) {
	changed := s.clone()
	if err := changed.Set(path, text); err != nil {
		return "", err
	}
	for i := range changed.Groups {
		if !strings.HasPrefix(path, "groups."+changed.Groups[i].Name+".churn") {
			continue
		}
		if err := changed.Groups[i].Churn.rename(gather); err != nil {
			return "", err
		}
	}
	p, ok := changed.locate(&complaints{origin: &origin{}}, path, position{})
	if !ok {
		return text, nil
	}
	return flowText(p.place), nil
}

// rename gives the files that a churn names other names.
func (c *Churn) rename(gather func(file string) (string, error)) (err error) {
	if c.Trace != "" {
		if c.Trace, err = gather(c.Trace); err != nil {
			return err
		}
	}
	for _, span := range []*netmodel.Span{&c.Session, &c.Offline} {
		if span.File() == "" {
			continue
		}
		name, err := gather(span.File())
		if err != nil {
			return err
		}
		*span = span.Named(name)
	}
	return nil
}
