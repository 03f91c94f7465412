package sim_test

import (
	"fmt"
	"time"

	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/sim"
)

// rumour is a whole protocol: who hears a rumour for the first time tells two others.
type rumour struct{ heard []bool }

func (r *rumour) Len() int                                 { return len(r.heard) }
func (r *rumour) Start(uint32, *protocol.Turn)             {}
func (r *rumour) Wake(uint32, *protocol.Turn)              {}
func (r *rumour) Stop(uint32, *protocol.Turn)              {}
func (r *rumour) Drop(i uint32)                            { r.heard[i] = false }
func (r *rumour) Act(i uint32, t *protocol.Turn, _ uint32) { r.tell(i, t, []byte("psst")) }

func (r *rumour) Datagram(i uint32, t *protocol.Turn, _ protocol.Addr, p []byte) {
	if !r.heard[i] {
		r.tell(i, t, p)
	}
}

func (r *rumour) tell(i uint32, t *protocol.Turn, p []byte) {
	r.heard[i] = true
	for range 2 {
		t.Out.SendTo(sim.AddrOf(uint32(t.Rand.Intn(len(r.heard)))), p)
	}
}

// A rumour spreads among ten thousand nodes. It reaches four of five: 1-x = exp(-2x).
func Example() {
	nodes := &rumour{heard: make([]bool, 10_000)}
	network, err := netmodel.New(netmodel.Config{
		Nodes: nodes.Len(), Latency: netmodel.Constant{Delay: 50 * time.Millisecond},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	world := sim.New(sim.Config{
		Seed: 1, Groups: []protocol.Datagrams{nodes}, Network: network, Actor: nodes,
	})
	for i := range uint32(world.Len()) {
		world.StartAt(i, 0)
	}
	world.ActAt(0, protocol.Time(time.Second), 0)
	world.Run(protocol.Time(3 * time.Second))

	heard := 0
	for _, h := range nodes.heard {
		if h {
			heard++
		}
	}
	messages := world.Ledger().Delivered.Datagrams
	fmt.Println(heard, "nodes have heard the rumour in", messages, "messages")
	fmt.Println("fingerprint", world.Fingerprint())
	// Output:
	// 7941 nodes have heard the rumour in 15882 messages
	// fingerprint 6ba8a9bbdc42c853-726cae0382ef85af-0b0701dae77f6154
}
