package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"slices"

	"caucus/kernels"
)

// Config gives the sizes of a network.
type Config struct {
	DModel     int     // width of the residual stream
	DFF        int     // width of the MLP
	Layers     int     // blocks
	AttnLayers []int   // the blocks, counted from 0, that attend; all others are Mamba
	Vocab      int     // rows of the embedding, and logits
	NormEps    float32 // added to the mean square in every RMSNorm
	Tied       bool    // the head is the embedding
	Mamba      kernels.MambaShape
	Attention  kernels.AttentionShape
}

const (
	configFile = "config.json"       // Llama's sizes
	mambaFile  = "mamba_config.json" // the hybrid's; only M1 and MambaInLlama checkpoints have it
)

// Limits on sizes, far above any known checkpoint, that keep a hostile file from asking for absurd memory.
const (
	maxConfigBytes = 1 << 20
	maxWidth       = 1 << 17
	maxVocab       = 1 << 21
	maxLayers      = 1 << 10
	maxConvTaps    = 64
)

// llamaConfig is what config.json says. Its rope_scaling is left aside: M1 was trained without.
type llamaConfig struct {
	HiddenSize        int      `json:"hidden_size"`
	IntermediateSize  int      `json:"intermediate_size"`
	NumHiddenLayers   int      `json:"num_hidden_layers"`
	NumAttentionHeads int      `json:"num_attention_heads"`
	NumKeyValueHeads  int      `json:"num_key_value_heads"`
	HeadDim           int      `json:"head_dim"`
	VocabSize         int      `json:"vocab_size"`
	RMSNormEps        float64  `json:"rms_norm_eps"`
	RopeTheta         *float64 `json:"rope_theta"`
	HiddenAct         string   `json:"hidden_act"`
	TieWordEmbeddings bool     `json:"tie_word_embeddings"`
	AttentionBias     bool     `json:"attention_bias"`
	MLPBias           bool     `json:"mlp_bias"`
}

// mambaConfig is what mamba_config.json says. What config.json says too must agree where both speak.
type mambaConfig struct {
	DModel           *int     `json:"d_model"`
	IntermediateSize *int     `json:"intermediate_size"`
	NLayer           *int     `json:"n_layer"`
	RMSNormEps       *float64 `json:"rms_norm_eps"`
	HiddenAct        *string  `json:"hidden_act"`
	DInner           *int     `json:"d_inner"`
	DXB              int      `json:"d_xb"`
	AttnLayers       []int    `json:"attn_layers"`
	SSM              struct {
		Expand   int   `json:"expand"`
		DState   int   `json:"d_state"`
		DConv    int   `json:"d_conv"`
		DTRank   any   `json:"dt_rank"` // a number, or "auto"
		NGroups  *int  `json:"ngroups"` // only Mamba-2 has groups
		ConvBias *bool `json:"conv_bias"`
		Repeat   *bool `json:"repeat_kv_before_conv"`
	} `json:"ssm_cfg"`
}

// LoadConfig reads config.json and mamba_config.json of a checkpoint's folder. The files may come from anywhere: every
// size is checked. Errors name the file and the field.
func LoadConfig(fsys fs.FS) (Config, error) {
	var llama llamaConfig
	if err := readJSON(fsys, configFile, &llama); err != nil {
		return Config{}, err
	}
	var hybrid mambaConfig
	hybrid.SSM.Expand, hybrid.SSM.DState, hybrid.SSM.DConv = 1, 16, 4
	if err := readJSON(fsys, mambaFile, &hybrid); errors.Is(err, fs.ErrNotExist) {
		return Config{}, fmt.Errorf("%w; supported are hybrids in the form of M1 and MambaInLlama, which have this file", err)
	} else if err != nil {
		return Config{}, err
	}
	if err := checkSupported(&llama, &hybrid); err != nil {
		return Config{}, err
	}
	c, err := join(&llama, &hybrid)
	if err == nil {
		err = c.check()
	}
	if err == nil {
		err = checkAgreement(&llama, &hybrid)
	}
	if err != nil {
		return Config{}, err
	}
	return c, nil
}

func readJSON(fsys fs.FS, name string, v any) error {
	f, err := fsys.Open(name)
	if err != nil {
		return fmt.Errorf("model configuration: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	data, err := io.ReadAll(io.LimitReader(f, maxConfigBytes+1))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if len(data) > maxConfigBytes {
		return fmt.Errorf("%s: larger than %d bytes", name, maxConfigBytes)
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// checkSupported refuses variants that would load and then compute something else.
func checkSupported(llama *llamaConfig, hybrid *mambaConfig) error {
	no := func(b *bool) bool { return b != nil && !*b }
	switch {
	case llama.HiddenAct != "" && llama.HiddenAct != "silu":
		return fmt.Errorf("%s: hidden_act: %q is not supported, only silu", configFile, llama.HiddenAct)
	case llama.AttentionBias:
		return fmt.Errorf("%s: attention_bias: true is not supported", configFile)
	case llama.MLPBias:
		return fmt.Errorf("%s: mlp_bias: true is not supported", configFile)
	case hybrid.SSM.NGroups != nil:
		return fmt.Errorf("%s: ssm_cfg.ngroups: Mamba-2 mixers are not supported, only Mamba-1", mambaFile)
	case no(hybrid.SSM.ConvBias):
		return fmt.Errorf("%s: ssm_cfg.conv_bias: false is not supported", mambaFile)
	case no(hybrid.SSM.Repeat):
		return fmt.Errorf("%s: ssm_cfg.repeat_kv_before_conv: false is not supported", mambaFile)
	}
	return nil
}

// checkAgreement compares what both files say.
func checkAgreement(llama *llamaConfig, hybrid *mambaConfig) error {
	return errors.Join(
		agree("d_model", llama.HiddenSize, hybrid.DModel),
		agree("intermediate_size", llama.IntermediateSize, hybrid.IntermediateSize),
		agree("n_layer", llama.NumHiddenLayers, hybrid.NLayer),
		agree("rms_norm_eps", llama.RMSNormEps, hybrid.RMSNormEps),
		agree("hidden_act", "silu", hybrid.HiddenAct),
	)
}

// agree wants what mamba_config.json says in field, if anything, to be what config.json says.
func agree[T comparable](field string, llama T, hybrid *T) error {
	if hybrid != nil && *hybrid != llama {
		return fmt.Errorf("%s: %s: %v, but %s has %v", mambaFile, field, *hybrid, configFile, llama)
	}
	return nil
}

// join makes a Config of the two files, filling in what they leave to a default.
func join(llama *llamaConfig, hybrid *mambaConfig) (Config, error) {
	c := Config{
		DModel: llama.HiddenSize, DFF: llama.IntermediateSize, Layers: llama.NumHiddenLayers,
		AttnLayers: slices.Sorted(slices.Values(hybrid.AttnLayers)),
		Vocab:      llama.VocabSize, NormEps: float32(llama.RMSNormEps), Tied: llama.TieWordEmbeddings,
		Mamba: kernels.MambaShape{
			DInner: hybrid.SSM.Expand * llama.HiddenSize, DXB: hybrid.DXB,
			DState: hybrid.SSM.DState, DConv: hybrid.SSM.DConv,
		},
		Attention: kernels.AttentionShape{
			Heads: llama.NumAttentionHeads, KVHeads: llama.NumKeyValueHeads, HeadDim: llama.HeadDim, RopeTheta: 10000,
		},
	}
	if hybrid.DInner != nil {
		c.Mamba.DInner = *hybrid.DInner
	}
	if llama.RopeTheta != nil {
		c.Attention.RopeTheta = *llama.RopeTheta
	}
	if c.Attention.HeadDim == 0 && c.Attention.Heads > 0 {
		c.Attention.HeadDim = c.DModel / c.Attention.Heads
	}
	switch rank := hybrid.SSM.DTRank.(type) {
	case float64:
		if c.Mamba.DTRank = int(rank); float64(c.Mamba.DTRank) != rank {
			return Config{}, fmt.Errorf("%s: ssm_cfg.dt_rank: %v is not a size", mambaFile, rank)
		}
	case nil:
		c.Mamba.DTRank = autoRank(c.DModel)
	default:
		if rank != "auto" {
			return Config{}, fmt.Errorf("%s: ssm_cfg.dt_rank: %v is neither a number nor \"auto\"", mambaFile, rank)
		}
		c.Mamba.DTRank = autoRank(c.DModel)
	}
	return c, nil
}

// autoRank is Mamba's default rank of dt, ceil(d_model/16).
func autoRank(dModel int) int { return (dModel + 15) / 16 }

// check bounds every size and the ratios between them that the kernels rely on.
func (c *Config) check() error {
	for _, f := range []struct {
		file, field string
		value, most int
	}{
		{configFile, "hidden_size", c.DModel, maxWidth},
		{configFile, "intermediate_size", c.DFF, maxWidth},
		{configFile, "num_hidden_layers", c.Layers, maxLayers},
		{configFile, "vocab_size", c.Vocab, maxVocab},
		{configFile, "num_attention_heads", c.Attention.Heads, maxWidth},
		{configFile, "num_key_value_heads", c.Attention.KVHeads, maxWidth},
		{configFile, "head_dim", c.Attention.HeadDim, maxWidth / max(c.Attention.Heads, 1)}, // all heads fit maxWidth
		{mambaFile, "d_inner", c.Mamba.DInner, maxWidth},
		{mambaFile, "d_xb", c.Mamba.DXB, c.Mamba.DInner},
		{mambaFile, "ssm_cfg.d_state", c.Mamba.DState, c.Mamba.DXB},
		{mambaFile, "ssm_cfg.d_conv", c.Mamba.DConv, maxConvTaps},
		{mambaFile, "ssm_cfg.dt_rank", c.Mamba.DTRank, maxWidth},
	} {
		if f.value < 1 || f.value > f.most {
			return fmt.Errorf("%s: %s: %d is not between 1 and %d", f.file, f.field, f.value, f.most)
		}
	}
	if !(c.NormEps >= 0 && c.NormEps < 1) {
		return fmt.Errorf("%s: rms_norm_eps: %v is not between 0 and 1", configFile, c.NormEps)
	}
	if !(c.Attention.RopeTheta > 0 && c.Attention.RopeTheta < math.Inf(1)) {
		return fmt.Errorf("%s: rope_theta: %v is not positive", configFile, c.Attention.RopeTheta)
	}
	return errors.Join(
		c.checkAttnLayers(),
		divides(configFile, "num_key_value_heads", c.Attention.KVHeads, "num_attention_heads", c.Attention.Heads),
		divides(configFile, "2 (halves of the rotary embedding)", 2, "head_dim", c.Attention.HeadDim),
		divides(mambaFile, "d_xb", c.Mamba.DXB, "d_inner", c.Mamba.DInner),
		divides(mambaFile, "ssm_cfg.d_state", c.Mamba.DState, "d_xb", c.Mamba.DXB),
	)
}

func (c *Config) checkAttnLayers() error {
	for i, l := range c.AttnLayers {
		if l < 0 || l >= c.Layers {
			return fmt.Errorf("%s: attn_layers: %d is not one of %d layers", mambaFile, l, c.Layers)
		}
		if i > 0 && l == c.AttnLayers[i-1] {
			return fmt.Errorf("%s: attn_layers: %d is named twice", mambaFile, l)
		}
	}
	return nil
}

func divides(file, part string, a int, whole string, b int) error {
	if b%a != 0 {
		return fmt.Errorf("%s: %s = %d is not a multiple of %s = %d", file, whole, b, part, a)
	}
	return nil
}
