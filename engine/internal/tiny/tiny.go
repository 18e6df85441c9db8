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
	cfg, err := model.ParseConfig(
		[]byte(`{"hidden_size": 20, "intermediate_size": 28, "num_hidden_layers": 5, "vocab_size": 40, "rms_norm_eps": 1e-5,
			"num_attention_heads": 6, "num_key_value_heads": 2, "head_dim": 6, "tie_word_embeddings": true}`),
		[]byte(`{"d_inner": 24, "d_xb": 8, "ssm_cfg": {"d_state": 4, "dt_rank": 3}, "attn_layers": [1, 4]}`))
	if err != nil {
		panic(err)
	}
	return cfg
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

// Names lists nothing: there is any tensor that is asked for.
func (Weights) Names() []string { return nil }

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
func (w Weights) Matrix(name string, shape ...int) (kernels.Source, error) {
	return Matrix(w, name, shape...)
}

// Matrix reads a matrix by the Floats of any weights.
func Matrix(w model.Weights, name string, shape ...int) (kernels.Source, error) {
	v, err := w.Floats(name, shape...)
	if err != nil {
		return kernels.Source{}, err
	}
	in := shape[len(shape)-1]
	return kernels.Dense(v, len(v)/in, in), nil
}
