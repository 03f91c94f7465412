package netmodel_test

import (
	"fmt"
	"time"

	"swarmlab/netmodel"
	"swarmlab/protocol"
)

// The first hours of the first nodes of a Kad network in its steady state.
func ExampleLives() {
	churn, _ := netmodel.ChurnPreset("kad")
	if err := churn.Check(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(churn.Session, "of", churn.Session.Mean().Round(time.Minute))
	fmt.Println(churn.Offline, "of", churn.Offline.Mean().Round(time.Minute))
	const seed = 1
	lives := netmodel.NewLives(churn)
	for node := range uint64(4) {
		life := lives.Of(seed, node)
		begun := protocol.Time(0).Sub(life.Begun()).Round(time.Minute)
		fmt.Printf("%d, online %t for %v:", node, life.Online(), begun)
		for range 3 {
			at, event := life.Next()
			fmt.Printf(" %v at %v", event, time.Duration(at).Round(time.Minute))
		}
		fmt.Println()
	}
	// Output:
	// weibull(0.61511, 2h49m32.31s) of 4h7m0s
	// weibull(0.47648, 6h53m40.59s) of 15h8m0s
	// 0, online false for 48h38m0s: starts at 23h24m0s crashes at 31h4m0s starts at 39h50m0s
	// 1, online true for 26h6m0s: starts at 0s crashes at 18h17m0s starts at 18h30m0s
	// 2, online false for 78h59m0s: starts at 44h54m0s crashes at 54h29m0s starts at 144h46m0s
	// 3, online false for 34h34m0s: starts at 309h16m0s crashes at 311h10m0s starts at 315h55m0s
}
