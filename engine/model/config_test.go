package model_test

import (
	"reflect"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"caucus/engine/model"
	"caucus/kernels"
)

const m1Config = `{"hidden_size": 3072, "intermediate_size": 8192, "num_hidden_layers": 28, "num_attention_heads": 24,
	"num_key_value_heads": 8, "head_dim": 128, "vocab_size": 128256, "rms_norm_eps": 1e-05, "rope_theta": 500000.0,
	"rope_scaling": {"rope_type": "llama3", "factor": 32.0}, "hidden_act": "silu", "tie_word_embeddings": true}`

const m1Mamba = `{"d_model": 3072, "ssm_cfg": {"expand": 1}, "rms_norm_eps": 1e-05, "vocab_size": null, "d_inner": null,
	"d_xb": 1024, "intermediate_size": 8192, "hidden_act": "silu", "n_layer": 28, "attn_layers": [3,8,13,18,23,27]}`

func folder(config, mamba string) fstest.MapFS {
	return fstest.MapFS{"config.json": {Data: []byte(config)}, "mamba_config.json": {Data: []byte(mamba)}}
}

var m1 = model.Config{
	DModel: 3072, DFF: 8192, Layers: 28, AttnLayers: []int{3, 8, 13, 18, 23, 27}, Vocab: 128256, NormEps: 1e-5, Tied: true,
	Mamba:     kernels.MambaShape{DInner: 3072, DXB: 1024, DState: 16, DTRank: 192, DConv: 4},
	Attention: kernels.AttentionShape{Heads: 24, KVHeads: 8, HeadDim: 128, RopeTheta: 500000},
}

func TestLoadConfigReadsM1(t *testing.T) {
	got, err := model.LoadConfig(folder(m1Config, m1Mamba))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, m1) {
		t.Errorf("got %+v\nwant %+v", got, m1)
	}
}

func TestLoadConfigTakesOptionalFields(t *testing.T) {
	mamba := strings.NewReplacer(`"d_inner": null`, `"d_inner": 2048`, `{"expand": 1}`,
		`{"d_state": 32, "d_conv": 3, "dt_rank": 7}`, "[3,8,13,18,23,27]", "[]").Replace(m1Mamba)
	got, err := model.LoadConfig(folder(strings.Replace(m1Config, `"head_dim": 128, `, "", 1), mamba))
	if err != nil {
		t.Fatal(err)
	}
	if want := (kernels.MambaShape{DInner: 2048, DXB: 1024, DState: 32, DTRank: 7, DConv: 3}); got.Mamba != want {
		t.Errorf("got %+v, want %+v", got.Mamba, want)
	}
	if got.Attention.HeadDim != 128 || len(got.AttnLayers) != 0 {
		t.Errorf("got head_dim %d and attention layers %v, want 128 and none", got.Attention.HeadDim, got.AttnLayers)
	}
}

func TestLoadConfigErrorsNameFileAndField(t *testing.T) {
	for _, c := range []struct{ file, old, new, want string }{
		{"config.json", "3072", `"many"`, "config.json: json: "},
		{"config.json", "3072", "-1", "hidden_size"},
		{"config.json", `"hidden_size": 3072`, `"hidden_size": 99999999999`, "hidden_size"},
		{"config.json", "128256", "0", "config.json: vocab_size: 0 is not between 1 and"},
		{"config.json", `"num_key_value_heads": 8`, `"num_key_value_heads": 7`, "num_key_value_heads"},
		{"config.json", `"head_dim": 128`, `"head_dim": 127`, "head_dim"},
		{"config.json", `"head_dim": 128`, `"head_dim": 5462`, "head_dim: 5462 is not between 1 and 5461"}, // 2^17 / 24
		{"config.json", `"silu"`, `"gelu"`, `config.json: hidden_act: "gelu"`},
		{"config.json", "500000.0", "0", "rope_theta"},
		{"config.json", "1e-05", "-1", "rms_norm_eps"},
		{"config.json", `"tie`, `"attention_bias": true, "tie`, "attention_bias"},
		{"config.json", `"tie`, `"mlp_bias": true, "tie`, "mlp_bias"},
		{"mamba_config.json", `"d_model": 3072`, `"d_model": 2048`, "mamba_config.json: d_model: 2048, but config.json has 3072"},
		{"mamba_config.json", "28", "27", "n_layer"},
		{"mamba_config.json", "1024", "1000", "d_xb"},
		{"mamba_config.json", "1024", "0", "mamba_config.json: d_xb: 0 is not between 1 and 3072"},
		{"mamba_config.json", `"expand": 1`, `"expand": 1000000000`, "d_inner"},
		{"mamba_config.json", `"expand": 1`, `"d_state": 0`, "d_state"},
		{"mamba_config.json", `"expand": 1`, `"d_conv": 1000`, "d_conv"},
		{"mamba_config.json", `"expand": 1`, `"dt_rank": "some"`, "dt_rank"},
		{"mamba_config.json", `"expand": 1`, `"dt_rank": 1e300`, "dt_rank"},
		{"mamba_config.json", `"expand": 1`, `"dt_rank": [1]`, "dt_rank"},
		{"mamba_config.json", `"expand": 1`, `"dt_rank": 7.5`, "dt_rank: 7.5"},
		{"mamba_config.json", `"expand": 1`, `"ngroups": 24`, "Mamba-2"},
		{"mamba_config.json", `"expand": 1`, `"conv_bias": false`, "conv_bias"},
		{"mamba_config.json", `"expand": 1`, `"repeat_kv_before_conv": false`, "repeat_kv_before_conv"},
		{"mamba_config.json", "23,27", "23,28", "attn_layers: 28"},
		{"mamba_config.json", "23,27", "23,23", "attn_layers: 23 is named twice"},
	} {
		files := folder(m1Config, m1Mamba)
		changed := strings.Replace(string(files[c.file].Data), c.old, c.new, 1)
		files[c.file].Data = []byte(changed)
		_, err := model.LoadConfig(files)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.file) {
			t.Errorf("%s with %s: got error %v, want one with %q", c.file, c.new, err, c.want)
		}
	}
}

func TestLoadConfigSaysWhatIsSupportedWhenTheHybridPartIsMissing(t *testing.T) {
	files := folder(m1Config, m1Mamba)
	delete(files, "mamba_config.json")
	_, err := model.LoadConfig(files)
	if err == nil || !strings.Contains(err.Error(), "mamba_config.json") || !strings.Contains(err.Error(), "M1") {
		t.Errorf("got error %v, want one that names mamba_config.json and M1", err)
	}
}

func TestParamsOfM1(t *testing.T) {
	if strconv.IntSize < 64 {
		t.Skip("M1 does not fit a 32-bit machine")
	}
	if got := int64(m1.Params()); got != 3_447_874_560 {
		t.Errorf("got %d, want 3447874560, the size of the published checkpoint", got)
	}
}

func FuzzLoadConfig(f *testing.F) {
	if strconv.IntSize == 64 { // M1 does not fit a 32-bit machine
		f.Add(m1Config, m1Mamba)
	}
	f.Add(`{}`, `{"ssm_cfg":{"dt_rank":"auto"}}`)
	f.Fuzz(func(t *testing.T, config, mamba string) {
		c, err := model.LoadConfig(folder(config, mamba))
		if err == nil && (c.Params() <= 0 || c.SlotBytes() < 0 || c.PageBytes(kernels.F32) < 0) {
			t.Errorf("a configuration of %d weights was accepted: %+v", c.Params(), c)
		}
	})
}
