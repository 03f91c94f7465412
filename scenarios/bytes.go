package scenarios

import (
	"fmt"
	"strconv"
	"strings"
)

// Bytes is a size, written 100MB, 256KiB or 1.5GiB.
type Bytes uint64

const bytesHelp = "write bytes, as in 100MB, 256KiB or 1GiB"

type byteUnit struct {
	name string
	size uint64
}

// byteUnits are the units of sizes; B is the last, for it ends all names.
func byteUnits() []byteUnit {
	return []byteUnit{{"TiB", 1 << 40}, {"TB", 1e12}, {"GiB", 1 << 30}, {"GB", 1e9},
		{"MiB", 1 << 20}, {"MB", 1e6}, {"KiB", 1 << 10}, {"kB", 1e3}, {"B", 1}}
}

// String is the text that gives the size, in the largest unit that makes it a whole number.
func (b Bytes) String() string {
	for _, unit := range byteUnits() {
		if uint64(b) >= unit.size && uint64(b)%unit.size == 0 {
			return strconv.FormatUint(uint64(b)/unit.size, 10) + unit.name
		}
	}
	return "0B"
}

func parseBytes(text string) (Bytes, error) {
	for _, unit := range byteUnits() {
		number, found := strings.CutSuffix(text, unit.name)
		if !found {
			continue
		}
		size, err := parseDecimal(strings.TrimSpace(number), int64(unit.size))
		if err != nil {
			return 0, fmt.Errorf("%s is not a size: %w; %s", show(text), err, bytesHelp)
		}
		return Bytes(size), nil
	}
	return 0, fmt.Errorf("%s is not a size; %s", show(text), bytesHelp)
}
