//go:build cuda

package cuda

import (
	"math"

	"caucus/kernels"
)

// madeLevels is how many levels made.cu draws from.
const madeLevels = 256

// makeUp fills a matrix with values of its own, where it does not matter which they are. A processor takes 7 ns for one and
// then has to send it: half a minute for M1-3B. There is no kernel for F16.
func (o *ops) makeUp(m *matrix, as kernels.Made) bool {
	name := map[kernels.Format]string{kernels.F32: "made_f32", kernels.BF16: "made_bf16", kernels.Int8: "made_int8"}[m.format]
	if as.Deviation == 0 || name == "" {
		return false
	}
	step := as.Deviation * float32(math.Sqrt(12)) / madeLevels
	k, err := o.device.kernel(name, 0)
	ok(err)
	n := m.out * m.in
	if m.tiles.there() {
		n = m.tiles.bytes() / m.format.Bytes()
	}
	ok(o.stream.launch(k, dim{x: o.peakGrid(n)}, dim{x: peakBlock}, 0, m.data.arg(), intArg(n), as.Seed, floatArg(step)))
	if m.format == kernels.Int8 {
		m.scales = o.alloc(4 * m.out)
		ok(o.stream.fill(m.scales.at, math.Float32bits(step), m.out))
	}
	return true
}
