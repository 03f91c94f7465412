package accuracy

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/mat"

	"swarmlab/protocol/audit"
)

// Observation is what was claimed of one torrent in one interval of time.
type Observation struct {
	Users   []int     // who announced, each once
	Up      []float64 // what each of them claims to have uploaded
	Balance float64   // all claimed uploads less all claimed downloads
}

// Observations returns those of a sheet in which somebody claims an upload.
func Observations(s *audit.Sheet) (all []Observation) {
	of := make([]int, len(s.Cells()))
	for x, c := range s.Cells() {
		of[x] = -1
		if c.Up > 0 {
			of[x] = len(all)
			all = append(all, Observation{Balance: float64(c.Balance())})
		}
	}
	for _, sh := range s.Shares() {
		if x := of[sh.Cell]; x >= 0 && sh.Up > 0 {
			o := &all[x]
			o.Users = append(o.Users, int(sh.User))
			o.Up = append(o.Up, float64(sh.Up))
		}
	}
	return all
}

// Attribution is M3's solution.
type Attribution struct {
	// Fake is the fraction of what each user reports that is invented: 0 for the honest, 1/3 for
	// who reports 1.5 times the truth. Noise makes it less than 0 at times. NaN for who reported
	// nothing.
	Fake []float64
	// Doubt is the standard error of each fraction, whatever noise each balance has (HC3,
	// MacKinnon and White 1985): who is always seen in the same company is known badly, however
	// much he claims, and so is who claims most where the balance is unquiet. NaN for who reported
	// nothing, and infinite for whom no number of such observations would tell from others.
	Doubt []float64
	// Residuals are what the fractions leave unexplained of each balance.
	Residuals []float64
	// Rank is the number of users that can be told apart; less than Users if some always appeared
	// in the same company: the least solution is then shared out between them.
	Rank, Users int
}

// ErrNoObservations is returned if nobody reported anything.
var ErrNoObservations = errors.New("accuracy: there are no claims to attribute")

// Attribute is M3: for each observation, the sum over users of fake fraction times claimed upload
// is the balance; the fractions are the least-squares solution, and the least of them if there are
// several (proposed 2007 in a forum, by "dryden"). With weighted, each observation counts by its
// precision: the noise of a balance is proportional to what was claimed in it.
func Attribute(users int, obs []Observation, weighted bool) (*Attribution, error) {
	column, seen := columns(users, obs)
	if len(seen) == 0 || len(obs) == 0 {
		return nil, ErrNoObservations
	}
	a, d := mat.NewDense(len(obs), len(seen), nil), mat.NewDense(len(obs), 1, nil)
	for k, o := range obs {
		scale := scaleOf(o, weighted)
		for j, u := range o.Users {
			a.Set(k, column[u], a.At(k, column[u])+o.Up[j]*scale)
		}
		d.Set(k, 0, o.Balance*scale)
	}
	var f mat.SVD
	if !f.Factorize(a, mat.SVDThin) {
		return nil, errors.New("accuracy: the singular values did not converge")
	}
	rank := f.Rank(1e-10)
	var x mat.Dense
	if rank > 0 {
		f.SolveTo(&x, d, rank)
	}
	r := &Attribution{Fake: make([]float64, users), Doubt: make([]float64, users), Rank: rank,
		Users: len(seen)}
	for u := range r.Fake {
		r.Fake[u], r.Doubt[u] = math.NaN(), math.NaN()
		if column[u] >= 0 && rank > 0 {
			r.Fake[u] = x.At(column[u], 0)
		}
	}
	r.Residuals = residuals(obs, r.Fake)
	if rank == 0 {
		return r, nil
	}
	noise := make([]float64, len(obs))
	for k, o := range obs {
		noise[k] = r.Residuals[k] * scaleOf(o, weighted)
	}
	for j, doubt := range doubts(&f, rank, noise) {
		r.Doubt[seen[j]] = doubt
	}
	return r, nil
}

// doubts returns the standard errors of a solution with these residuals. Each is taken for what it
// would be had the others alone been solved, since an observation draws the solution to itself.
// They are infinite for users who are part of what the observations do not tell, and for those who
// hang on a single one.
func doubts(f *mat.SVD, rank int, residuals []float64) []float64 {
	var left, right mat.Dense
	f.UTo(&left)
	f.VTo(&right)
	values := f.Values(nil)
	noise := make([]float64, len(residuals))
	for k, r := range residuals {
		noise[k] = math.Inf(1)
		if free := 1 - squares(left.RawRowView(k)[:rank]); free > told {
			noise[k] = r / free
		}
	}
	users, _ := right.Dims()
	of := make([]float64, users)
	for j := range of {
		v := right.RawRowView(j)[:rank]
		if squares(v) < 1-told {
			of[j] = math.Inf(1)
			continue
		}
		for k, r := range noise {
			share := 0.0
			for n, u := range left.RawRowView(k)[:rank] {
				share += v[n] / values[n] * u
			}
			if math.Abs(share) > told/values[0] {
				of[j] = math.Hypot(of[j], share*r)
			}
		}
	}
	return of
}

// told is how much may be missing by rounding where the observations tell all.
const told = 1e-9

func squares(v []float64) (sum float64) {
	for _, x := range v {
		sum += x * x
	}
	return sum
}

// columns gives a column to each user who reported something.
func columns(users int, obs []Observation) (column, seen []int) {
	column = make([]int, users)
	for u := range column {
		column[u] = -1
	}
	for _, o := range obs {
		for j, u := range o.Users {
			if column[u] < 0 && o.Up[j] > 0 {
				column[u] = len(seen)
				seen = append(seen, u)
			}
		}
	}
	return column, seen
}

// scaleOf brings all observations to the same noise.
func scaleOf(o Observation, weighted bool) float64 {
	if !weighted {
		return 1
	}
	all := 0.0
	for _, up := range o.Up {
		all += up
	}
	return 1 / max(all, 1)
}

func residuals(obs []Observation, fake []float64) []float64 {
	left := make([]float64, len(obs))
	for k, o := range obs {
		left[k] = o.Balance
		for j, u := range o.Users {
			if !math.IsNaN(fake[u]) {
				left[k] -= fake[u] * o.Up[j]
			}
		}
	}
	return left
}
