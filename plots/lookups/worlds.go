package lookups

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"

	"swarmlab/plots/latency"
	"swarmlab/plots/stored"
)

// The files that a calibration adds to the folder of its simulated run.
const (
	calibrationFile  = "calibration.json"
	calibrationRows  = "calibration.csv"
	calibrationAgain = "run 'swarmlab dht calibrate' again"
)

// comparison is calibration.json: what the tests say.
type comparison struct {
	Fingerprint string    `json:"fingerprint"`
	HopsKS      twoSample `json:"hops_ks"`
	HopsChi     twoSample `json:"hops_chi_square"`
	Sockets     struct {
		Late struct {
			Mean float64 `json:"mean"`
		} `json:"late_ms"`
	} `json:"sockets"`
}

type twoSample struct {
	Statistic float64 `json:"statistic"`
	Degrees   int     `json:"degrees"`
	P         float64 `json:"p"`
}

// A world is the lookups of calibration.csv that were simulated, or those on real sockets.
type world struct {
	name    string
	lookups int
	hops    []int          // hops[n] successful lookups took n+1
	taken   latency.Sample // by the successful ones
}

func (w *world) successful() int { return len(w.taken.NS) }

// share returns the share of the successful lookups that took n hops.
func (w *world) share(n int) float64 {
	if n > len(w.hops) || w.successful() == 0 {
		return 0
	}
	return float64(w.hops[n-1]) / float64(w.successful())
}

func (w *world) meanHops() float64 {
	sum := 0
	for n, count := range w.hops {
		sum += (n + 1) * count
	}
	return float64(sum) / float64(w.successful())
}

// readCalibration reads both files, or reports that there are none.
func readCalibration(r *stored.Results) (c comparison, worlds []world, found bool, err error) {
	path := r.Path(calibrationFile)
	body, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil, false, nil
	}
	if err != nil {
		return c, nil, false, err
	}
	if err := json.Unmarshal(body, &c); err != nil {
		return c, nil, false, fmt.Errorf("%s: damaged: %w; %s", path, err, calibrationAgain)
	}
	if c.Fingerprint != r.Fingerprint {
		return c, nil, false, fmt.Errorf("%s: of a run with the fingerprint %q, but %s has %q; %s",
			path, c.Fingerprint, stored.SummaryFile, r.Fingerprint, calibrationAgain)
	}
	path = r.Path(calibrationRows)
	f, err := os.Open(path)
	if err != nil {
		return c, nil, false, fmt.Errorf("%w; %s", err, calibrationAgain)
	}
	defer f.Close()
	worlds, err = readWorlds(f)
	if err != nil {
		return c, nil, false, fmt.Errorf("%s: damaged: %w; %s", path, err, calibrationAgain)
	}
	return c, worlds, true, nil
}

// readWorlds reads the rows of both worlds.
func readWorlds(f io.Reader) ([]world, error) {
	in := csv.NewReader(f)
	in.ReuseRecord = true
	header, err := in.Read()
	if err != nil {
		return nil, err
	}
	var at [4]int
	for n, column := range []string{"world", "latency_ns", "hops_contact", "success"} {
		if at[n] = slices.Index(header, column); at[n] < 0 {
			return nil, fmt.Errorf("no column %q", column)
		}
	}
	worlds := []world{{name: "simulated"}, {name: "real"}}
	for line := 2; ; line++ {
		row, err := in.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		n := slices.IndexFunc(worlds, func(w world) bool { return w.name == row[at[0]] })
		latency, err1 := strconv.ParseInt(row[at[1]], 10, 64)
		hops, err2 := strconv.Atoi(row[at[2]])
		success, err3 := strconv.ParseBool(row[at[3]])
		if err := errors.Join(err1, err2, err3); n < 0 || err != nil {
			return nil, fmt.Errorf("line %d is no lookup of either world", line)
		}
		if err := worlds[n].add(latency, hops, success); err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
	}
	for n := range worlds {
		slices.Sort(worlds[n].taken.NS)
	}
	return worlds, nil
}

// hopsMost bounds the hops of a lookup: no id has more bits.
const hopsMost = 160

func (w *world) add(latency int64, hops int, success bool) error {
	w.lookups++
	if !success || hops == 0 {
		return nil
	}
	if hops < 0 || hops > hopsMost {
		return fmt.Errorf("%d hops", hops)
	}
	for len(w.hops) < hops {
		w.hops = append(w.hops, 0)
	}
	w.hops[hops-1]++
	w.taken.NS = append(w.taken.NS, latency)
	return nil
}
