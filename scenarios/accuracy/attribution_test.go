package accuracy

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"swarmlab/protocol"
	"swarmlab/protocol/audit"
	"swarmlab/protocol/tracker"
)

// The example of the forum: seven peers in ten torrents, of whom five invent.
func TestAttributionIsExactWithoutNoise(t *testing.T) {
	fake := []float64{.33, .5, .66, .2, .5, 0, 0}
	r := rand.New(rand.NewPCG(1, 2))
	var obs []Observation
	for range 10 {
		o := Observation{}
		for u := range fake {
			if r.Float64() < 0.7 {
				up := 1e9 * r.Float64()
				o.Users, o.Up = append(o.Users, u), append(o.Up, up)
				o.Balance += fake[u] * up
			}
		}
		obs = append(obs, o)
	}
	for _, weighted := range []bool{false, true} {
		a, err := Attribute(len(fake), obs, weighted)
		require.NoError(t, err)
		require.Equal(t, 7, a.Rank)
		require.InDeltaSlice(t, fake, a.Fake, 1e-9)
		for _, left := range a.Residuals {
			require.InDelta(t, 0, left, 1)
		}
	}
}

// world is the toy of the published prediction: 100 users of whom ten invent, ten in each
// observation, log-normal volumes, and a loss of 4 % on the side of the uploads or the downloads.
func world(r *rand.Rand, times float64, n int) (obs []Observation, cheats []bool) {
	cheats = make([]bool, 100)
	for u := range 10 {
		cheats[u] = true
	}
	for range n {
		o := Observation{Users: r.Perm(100)[:10]}
		for _, u := range o.Users {
			v := math.Exp(r.NormFloat64())
			up := v
			if cheats[u] {
				up *= times
			}
			o.Up = append(o.Up, up)
			// Somebody else got v, but of 4 % in the mean he never told.
			o.Balance += up - v*(1-0.08*r.Float64())
		}
		obs = append(obs, o)
	}
	return obs, cheats
}

// The published prediction (our own toy, E4): recall and precision by inflation and number of
// observations, for a threshold of half the true inflation. The shape of the noise is not printed;
// with ours, downloads of which a tail was never told, uniform from 0 to 8 %, strong inflation is
// found at least as well as predicted, and one of 10 % drowns in the honest, who all seem to invent
// the 4 % that their partners did not tell.
func TestAttributionAsPredicted(t *testing.T) {
	for _, c := range []struct {
		times             float64
		n                 int
		recall, precision float64
	}{
		{1.5, 200, 1, .82}, {1.5, 400, 1, .98}, {1.5, 1000, 1, 1},
		{3, 200, 1, 1}, {3, 400, 1, 1}, {1.1, 200, .80, .27}, {1.1, 1000, .94, .63},
	} {
		r := rand.New(rand.NewPCG(uint64(c.n), math.Float64bits(c.times)))
		var all Detection
		for range 2 {
			obs, cheats := world(r, c.times, c.n)
			a, err := Attribute(100, obs, false)
			require.NoError(t, err)
			accused := make([]bool, 100)
			for u := range accused {
				accused[u] = a.Fake[u] > (1-1/c.times)/2
			}
			d := Detect(cheats, accused)
			all.Caught, all.Missed = all.Caught+d.Caught, all.Missed+d.Missed
			all.Accused, all.Spared = all.Accused+d.Accused, all.Spared+d.Spared
		}
		t.Logf("x%v, %d: recall %.2f (%.2f), precision %.2f (%.2f)", c.times, c.n, all.Recall(),
			c.recall, all.Precision(), c.precision)
		if c.times < 1.5 {
			require.GreaterOrEqual(t, all.Recall(), c.recall)
			require.Less(t, all.Precision(), c.precision)
			continue
		}
		require.GreaterOrEqual(t, all.Recall(), c.recall)
		require.GreaterOrEqual(t, all.Precision(), c.precision)
	}
}

// What is unexplained and what is explained add up to the balances, and no other fractions
// explain more.
func TestAttributionResiduals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		users := rapid.IntRange(1, 6).Draw(t, "users")
		number := rapid.Float64Range(-1000, 1000)
		var obs []Observation
		for range rapid.IntRange(1, 10).Draw(t, "observations") {
			o := Observation{Balance: number.Draw(t, "balance")}
			for u := range users {
				if up := number.Draw(t, "up"); up > 1 {
					o.Users, o.Up = append(o.Users, u), append(o.Up, up)
				}
			}
			obs = append(obs, o)
		}
		a, err := Attribute(users, obs, false)
		if err != nil {
			require.ErrorIs(t, err, ErrNoObservations)
			return
		}
		var balance, explained, unexplained float64
		square := func(fake []float64) (sum float64) {
			for _, left := range residuals(obs, fake) {
				sum += left * left
			}
			return sum
		}
		for k, o := range obs {
			balance += o.Balance
			unexplained += a.Residuals[k]
			for j, u := range o.Users {
				explained += a.Fake[u] * o.Up[j]
			}
		}
		require.InDelta(t, balance, explained+unexplained, 1e-6*(1+math.Abs(explained)))
		best := square(a.Fake)
		for u := range users {
			for _, by := range []float64{-0.01, 0.01} {
				other := append([]float64(nil), a.Fake...)
				other[u] += by
				if !math.IsNaN(other[u]) {
					require.LessOrEqual(t, best, square(other)*(1+1e-9)+1e-9)
				}
			}
		}
	})
}

// The twin: the normal equations, solved by another way.
func TestAttributionAgainstNormalEquations(t *testing.T) {
	obs, _ := world(rand.New(rand.NewPCG(3, 4)), 2, 300)
	a, err := Attribute(100, obs, false)
	require.NoError(t, err)
	x, d := mat.NewDense(300, 100, nil), mat.NewVecDense(300, nil)
	for k, o := range obs {
		for j, u := range o.Users {
			x.Set(k, u, o.Up[j])
		}
		d.SetVec(k, o.Balance)
	}
	var square mat.Dense
	square.Mul(x.T(), x)
	var right, fake mat.VecDense
	right.MulVec(x.T(), d)
	require.NoError(t, fake.SolveVec(&square, &right))
	require.InDeltaSlice(t, fake.RawVector().Data, a.Fake, 1e-8)
}

// Users who always appear together, in the same proportion, cannot be told apart.
func TestAttributionSaysWhatItCannotTell(t *testing.T) {
	var obs []Observation
	for k := range 5 {
		up := float64(k + 1)
		obs = append(obs, Observation{Users: []int{0, 1}, Up: []float64{up, up}, Balance: up})
	}
	a, err := Attribute(3, obs, true)
	require.NoError(t, err)
	require.Equal(t, [2]int{1, 2}, [2]int{a.Rank, a.Users})
	require.InDelta(t, 0.5, a.Fake[0], 1e-9)
	require.InDelta(t, 0.5, a.Fake[1], 1e-9)
	require.True(t, math.IsNaN(a.Fake[2]), "of whom nothing is known")
	_, err = Attribute(3, nil, true)
	require.ErrorIs(t, err, ErrNoObservations)
}

// From announces to fractions: two users exchange data, and the second one claims the double.
func TestAttributionOfASheet(t *testing.T) {
	s := audit.NewSheet(time.Hour, 100)
	for k := range 4 {
		at := protocol.Time(k) * protocol.Time(time.Hour)
		say := func(u audit.User, up, down uint64) {
			c := audit.Claim{At: at, User: u, Torrent: 3,
				Credit: tracker.Totals{Uploaded: up, Downloaded: down}}
			require.Equal(t, audit.OK, s.Claim(&c))
		}
		one, two := uint64(1000*(k+1)), uint64(700+k*k)
		say(1, one, two)
		say(2, 2*two, one)
	}
	a, err := Attribute(3, Observations(s), false)
	require.NoError(t, err)
	require.InDelta(t, 0, a.Fake[1], 1e-9)
	require.InDelta(t, 0.5, a.Fake[2], 1e-9)
	require.True(t, math.IsNaN(a.Fake[0]))
}

// What is said of the doubt is how far fractions lie from the truth, over many draws of the noise:
// of two who mostly upload alike it is several times that of others who claim as much, and without
// bound of two who always do.
func TestDoubtIsTheSpreadOfTheNoise(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	const n, draws = 60, 2000
	design := make([]Observation, n)
	for k := range design {
		twin, same := 100+50*r.Float64(), 100*r.Float64()
		design[k] = Observation{Users: []int{0, 1, 2, 3, 4}, Up: []float64{twin,
			twin + 5*r.NormFloat64(), 100 + 50*r.NormFloat64(), same, 2 * same}}
	}
	var squares, doubts [3]float64
	for range draws {
		for k := range design {
			design[k].Balance = 0.5*design[k].Up[0] + 10*r.NormFloat64()
		}
		a, err := Attribute(6, design, false)
		require.NoError(t, err)
		require.Equal(t, 4, a.Rank)
		for u, fake := range []float64{0.5, 0, 0} {
			squares[u] += (a.Fake[u] - fake) * (a.Fake[u] - fake)
			doubts[u] += a.Doubt[u] * a.Doubt[u]
		}
		require.True(t, math.IsInf(a.Doubt[3], 1) && math.IsInf(a.Doubt[4], 1))
		require.True(t, math.IsNaN(a.Doubt[5]))
	}
	for u := range squares {
		require.InEpsilon(t, squares[u], doubts[u], 0.15, "user %d", u)
	}
	require.Greater(t, doubts[0], 30*doubts[2])
}

// So it is of who claims most where there is most noise, and of others who do not. Were noise taken
// to be alike everywhere, the one would be believed too much, and the other too little.
func TestDoubtIsOfTheNoiseWhereOneClaims(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	const n, draws = 200, 1000
	design := make([]Observation, n)
	for k := range design {
		design[k] = Observation{Users: []int{0, 1}, Up: []float64{100, 100}}
		design[k].Up[k%2] = 1 // the one is here, the other there
	}
	var squares, doubts [2]float64
	for range draws {
		for k := range design {
			noise := 1 + 9*float64(k%2)
			design[k].Balance = noise * r.NormFloat64()
		}
		a, err := Attribute(2, design, false)
		require.NoError(t, err)
		for u := range squares {
			squares[u] += a.Fake[u] * a.Fake[u]
			doubts[u] += a.Doubt[u] * a.Doubt[u]
		}
	}
	for u := range squares {
		require.InEpsilon(t, squares[u], doubts[u], 0.15, "user %d", u)
	}
	require.Greater(t, squares[0], 30*squares[1])
}

// An observation that alone tells of somebody leaves him in doubt.
func TestDoubtOfWhoWasSeenOnce(t *testing.T) {
	obs := []Observation{
		{Users: []int{0}, Up: []float64{100}, Balance: 50},
		{Users: []int{0}, Up: []float64{100}, Balance: 51},
		{Users: []int{0, 1}, Up: []float64{100, 100}, Balance: 60},
	}
	a, err := Attribute(2, obs, false)
	require.NoError(t, err)
	require.Less(t, a.Doubt[0], 0.1)
	require.True(t, math.IsInf(a.Doubt[1], 1))
}
