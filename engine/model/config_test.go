package model_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
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

// ofKind returns the first part of a kind.
func ofKind[T model.Part](t *testing.T, cfg model.Config) T {
	t.Helper()
	for _, layer := range cfg.Layers {
		for _, block := range layer {
			for _, part := range block.Parts {
				if found, ok := part.(T); ok {
					return found
				}
			}
		}
	}
	t.Fatalf("no part of %s is a %T", cfg.Strip(), *new(T))
	return *new(T)
}

func TestLoadConfigReadsM1(t *testing.T) {
	got, err := model.LoadConfig(folder(m1Config, m1Mamba))
	if err != nil {
		t.Fatal(err)
	}
	if got.Family != "m1" || got.DModel != 3072 || got.Vocab != 128256 || got.NormEps != 1e-5 || got.Head != "" {
		t.Errorf("got %s, width %d, %d tokens, eps %v, head %q", got.Family, got.DModel, got.Vocab, got.NormEps, got.Head)
	}
	if got, want := got.Strip(), "M M M A M M M M A M M M M A M M M M A M M M M A M M M A"; got != want {
		t.Errorf("layers are %s, want %s", got, want)
	}
	mamba, attention := ofKind[*model.Mamba](t, got), ofKind[*model.Attention](t, got)
	if want := (kernels.MambaShape{DInner: 3072, DXB: 1024, DState: 16, DConv: 4}); mamba.Shape != want || mamba.DTRank != 192 {
		t.Errorf("got %+v of rank %d, want %+v", mamba.Shape, mamba.DTRank, want)
	}
	want := kernels.AttentionShape{Heads: 24, KVHeads: 8, HeadDim: 128, Rope: kernels.Rope{Dim: 128, Theta: 500000}}
	if attention.Shape != want {
		t.Errorf("got %+v, want %+v", attention.Shape, want)
	}
}

func TestLoadConfigTakesOptionalFields(t *testing.T) {
	mamba := strings.NewReplacer(`"d_inner": null`, `"d_inner": 2048`, `{"expand": 1}`,
		`{"d_state": 32, "d_conv": 3, "dt_rank": 7}`, "[3,8,13,18,23,27]", "[1]").Replace(m1Mamba)
	got, err := model.LoadConfig(folder(strings.Replace(m1Config, `"head_dim": 128, `, "", 1), mamba))
	if err != nil {
		t.Fatal(err)
	}
	mixer := ofKind[*model.Mamba](t, got)
	if want := (kernels.MambaShape{DInner: 2048, DXB: 1024, DState: 32, DConv: 3}); mixer.Shape != want || mixer.DTRank != 7 {
		t.Errorf("got %+v of rank %d, want %+v", mixer.Shape, mixer.DTRank, want)
	}
	if head := ofKind[*model.Attention](t, got).Shape.HeadDim; head != 128 || strings.Count(got.Strip(), "A") != 1 {
		t.Errorf("got head_dim %d and layers %s, want 128 and one that attends", head, got.Strip())
	}
}

func TestLoadConfigErrorsNameFileAndField(t *testing.T) {
	for _, c := range []struct{ file, old, new, want string }{
		{"config.json", "3072", `"many"`, "config.json: hidden_size: json: "},
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
		{"mamba_config.json", `"expand": 1`, `"expand": 1000000000`, "expand: 1000000000"},
		{"mamba_config.json", `"expand": 1`, `"d_state": 0`, "d_state"},
		{"mamba_config.json", `"expand": 1`, `"d_conv": 1000`, "d_conv"},
		{"mamba_config.json", `"expand": 1`, `"dt_rank": "some"`, "dt_rank"},
		{"mamba_config.json", `"expand": 1`, `"dt_rank": 1e300`, "dt_rank"},
		{"mamba_config.json", `"expand": 1`, `"dt_rank": [1]`, "dt_rank"},
		{"mamba_config.json", `"expand": 1`, `"dt_rank": 7.5`, "dt_rank: json: cannot unmarshal number 7.5"},
		{"mamba_config.json", `"expand": 1`, `"ngroups": 5`, "d_xb: 5 groups of 128 states"},
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

func TestLoadConfigChecksMixturesOfExperts(t *testing.T) {
	for _, c := range []struct{ family, old, new, want string }{
		{"jamba_moe", `"num_experts": 4`, `"num_experts": 43691`, "num_experts: 43691 is not between 1 and 43690"}, // 2^17 / 3
		{"jamba_moe", `"num_experts_per_tok": 2`, `"num_experts_per_tok": 5`, "num_experts_per_tok: 5 is not between 1 and 4"},
		{"jamba_moe", `"expert_layer_offset": 0`, `"expert_layer_offset": 2`, "expert_layer_offset: 2 is not below expert_layer_period = 2"},
		{"jamba_moe", `"expert_layer_period": 2`, `"expert_layer_period": 0`, "expert_layer_period"},
		{"nemotron_h_moe", `"n_routed_experts": 8,`, ``, "n_routed_experts: it is missing"},
		{"nemotron_h_moe", `"n_routed_experts": 8`, `"n_routed_experts": 32769`, "n_routed_experts: 32769 is not between 1 and 32768"},
		{"nemotron_h_moe", `"n_routed_experts": 8`, `"n_routed_experts": 9`, "n_routed_experts: 9 is not a multiple of n_group = 2"},
		{"nemotron_h_moe", `"n_group": 2`, `"n_group": 8`, "n_group: 8 is not between 1 and 4"},
		{"nemotron_h_moe", `"topk_group": 1`, `"topk_group": 3`, "topk_group: 3 is not between 1 and 2"},
		{"nemotron_h_moe", `"num_experts_per_tok": 3`, `"num_experts_per_tok": 5`, "num_experts_per_tok: 5 is not between 1 and 4"},
		{"nemotron_h_moe", `"routed_scaling_factor": 2.5`, `"routed_scaling_factor": 0`, "routed_scaling_factor: 0 is not positive"},
		{"nemotron_h_moe", `"moe_intermediate_size": 10`, `"moe_intermediate_size": -1`, "moe_intermediate_size"},
		{"nemotron_h_moe", `"moe_shared_expert_intermediate_size": 24`, `"moe_shared_expert_intermediate_size": 0`,
			"moe_shared_expert_intermediate_size"},
		{"nemotron_h_moe", `"moe_latent_size": null`, `"moe_latent_size": 16`, "moe_latent_size"},
	} {
		config := familyConfig(t, c.family)
		if strings.Count(config, c.old) != 1 {
			t.Fatalf("%s has %d of %s", c.family, strings.Count(config, c.old), c.old)
		}
		_, err := model.ParseConfig([]byte(strings.Replace(config, c.old, c.new, 1)), nil)
		if err == nil || !strings.Contains(err.Error(), "config.json: "+c.want) {
			t.Errorf("%s with %q: got error %v, want one with %q", c.family, c.new, err, c.want)
		}
	}
}

func TestAStripShowsExpertsBesideAnMLPBehindTheirMixer(t *testing.T) {
	got, err := model.ParseConfig([]byte(familyConfig(t, "granite_moe")), nil)
	if err != nil || got.Strip() != "ME AE ME" {
		t.Errorf("got layers %s, %v", got.Strip(), err)
	}
}

func TestLoadConfigBoundsTheWidthOfMixers(t *testing.T) {
	expand := regexp.MustCompile(`"(mamba_)?expand": \d+`)
	for _, family := range []string{"granite_dense", "bamba", "jamba"} { // 32 wide: 4097 times that is above 2^17
		config := expand.ReplaceAllString(familyConfig(t, family), `"mamba_expand": 4097`)
		_, err := model.ParseConfig([]byte(config), nil)
		if want := "config.json: mamba_expand: 4097 is not between 1 and 4096"; err == nil || err.Error() != want {
			t.Errorf("%s: got error %v, want %s", family, err, want)
		}
	}
	_, err := model.LoadConfig(folder(m1Config, expand.ReplaceAllString(m1Mamba, `"expand": 43`)))
	if want := "mamba_config.json: ssm_cfg: expand: 43 is not between 1 and 42"; err == nil || err.Error() != want {
		t.Errorf("m1: got error %v, want %s", err, want)
	}
}

func TestLoadConfigTakesOptionalFieldsOfMixturesOfExperts(t *testing.T) {
	jamba := regexp.MustCompile(`"(num_experts|num_experts_per_tok|expert_layer_period|expert_layer_offset)": \d+,`)
	got, err := model.ParseConfig(jamba.ReplaceAll([]byte(familyConfig(t, "jamba_moe")), nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	experts := ofKind[*model.Experts](t, got)
	if strip := got.Strip(); strip != "M AE M" || len(experts.Experts) != 16 || experts.Routing.Chosen != 2 {
		t.Errorf("got layers %s with %d of %d experts, want M AE M with 2 of 16", strip, experts.Routing.Chosen, len(experts.Experts))
	}
	nemotron := regexp.MustCompile(`"(num_experts_per_tok|norm_topk_prob|routed_scaling_factor|n_group|topk_group)": [^,]*,`)
	got, err = model.ParseConfig(nemotron.ReplaceAll([]byte(familyConfig(t, "nemotron_h_moe")), nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := kernels.Routing{Chosen: 2, Sigmoid: true, Normalize: true, Scale: 1, Groups: 1, ChosenGroups: 1}
	if routing := ofKind[*model.Experts](t, got).Routing; got.Strip() != "M E A E" || !reflect.DeepEqual(routing, want) {
		t.Errorf("got layers %s and %+v, want M E A E and %+v", got.Strip(), routing, want)
	}
}

func familyConfig(t testing.TB, family string) string {
	t.Helper()
	config, err := os.ReadFile(filepath.Join("testdata/families", family, "config.json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(config)
}

// planned is a random model without its weights.
func planned(t *testing.T, name string) *model.Model {
	t.Helper()
	cfg, weights, err := model.Random(name)
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Plan(weights, cfg, kernels.Precision{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestParamsOfM1(t *testing.T) {
	if got := planned(t, "m1-3b").Params(); got != 3_447_874_560 {
		t.Errorf("got %d, want 3447874560, the size of the published checkpoint", got)
	}
}

func TestLoadConfigNamesTheFamiliesThatAreSupported(t *testing.T) {
	for _, config := range []string{`{}`, `{"model_type": "gpt2"}`} {
		_, err := model.LoadConfig(fstest.MapFS{"config.json": {Data: []byte(config)}})
		if err == nil || !strings.Contains(err.Error(), "model_type") || !strings.Contains(err.Error(), "falcon_h1") {
			t.Errorf("%s: got error %v, want one that names the families", config, err)
		}
	}
}

func FuzzLoadConfig(f *testing.F) {
	f.Add(m1Config, m1Mamba)
	f.Add(`{}`, `{"ssm_cfg":{"dt_rank":"auto"}}`)
	for _, name := range []string{"llama", "qwen2", "granite_moe", "granite_rope", "nemotron_h", "falcon_h1_norm", "bamba", "jamba",
		"jamba_moe", "nemotron_h_moe"} {
		f.Add(familyConfig(f, name), "")
	}
	f.Fuzz(func(t *testing.T, config, mamba string) {
		c, err := model.ParseConfig([]byte(config), []byte(mamba))
		if err == nil && (len(c.Layers) == 0 || len(c.Strip()) < len(c.Layers)) {
			t.Errorf("a configuration of the layers %q was accepted", c.Strip())
		}
	})
}
