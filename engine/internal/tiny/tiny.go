// Package tiny makes small hybrid models with random weights, for tests that need exactness and not sense.
package tiny

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"strings"

	"caucus/engine/model"
	"caucus/kernels"
)

// Config describes five layers, the second and the last of which attend, of sizes that no vector width divides.
func Config() model.Config {
	return model.Config{
		DModel: 20, DFF: 28, Layers: 5, AttnLayers: []int{1, 4}, Vocab: 40, NormEps: 1e-5, Tied: true,
		Mamba:     kernels.MambaShape{DInner: 24, DXB: 8, DState: 4, DTRank: 3, DConv: 4},
		Attention: kernels.AttentionShape{Heads: 6, KVHeads: 2, HeadDim: 6, RopeTheta: 10000},
	}
}

// New loads the model of Config and Weights.
func New(ops kernels.Ops) *model.Model {
	m, err := model.Load(Weights{}, Config(), ops)
	if err != nil {
		panic(err)
	}
	return m
}

// Weights makes up every tensor of the fused naming from its name: the same name and shape give the same values.
type Weights struct{}

// Has tells the fused names from the others.
func (Weights) Has(name string) bool {
	return strings.HasSuffix(name, ".in_proj.weight") || strings.HasSuffix(name, ".out_proj.weight")
}

// Floats draws normal values of a size that keeps activations near 1.
func (Weights) Floats(name string, shape ...int) ([]float32, error) {
	n := 1
	for _, d := range shape {
		n *= d
	}
	hash := fnv.New64a()
	hash.Write([]byte(name)) //nolint:errcheck // a hash never fails
	rng := rand.New(rand.NewPCG(hash.Sum64(), uint64(n)))
	scale := 1 / math.Sqrt(float64(shape[len(shape)-1]))
	if len(shape) == 1 {
		scale = 0.5
	}
	if strings.HasPrefix(name, "model.embed") {
		scale = 1
	}
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(scale * rng.NormFloat64())
	}
	return v, nil
}

// Matrix is Floats as a matrix.
func (w Weights) Matrix(name string, out, in int) (kernels.Source, error) {
	return Matrix(w, name, out, in)
}

// Matrix reads a matrix by the Floats of any weights.
func Matrix(w model.Weights, name string, out, in int) (kernels.Source, error) {
	v, err := w.Floats(name, out, in)
	if err != nil {
		return kernels.Source{}, err
	}
	return kernels.Dense(v, out, in), nil
}
