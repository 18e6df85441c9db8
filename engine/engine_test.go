package engine_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"caucus/engine"
	"caucus/engine/internal/tiny"
	"caucus/kernels"
	"caucus/kernels/cpu"
)

// The letters of the tiny model's 40 tokens, one byte each, but for the two that landing needs.
const (
	letters  = "abcdefghijklmnopqrstuvwxyz0123456789{}"
	endThink = 38
	boxOpen  = 39
	eos      = 25 // z
)

// tokenizer gives every token its text.
type tokenizer struct{}

func (tokenizer) EOS() []int32 { return []int32{eos} }

func (tokenizer) Encode(text string, _ bool) []int32 {
	var tokens []int32
	for text != "" {
		switch {
		case strings.HasPrefix(text, "</think>"):
			tokens, text = append(tokens, endThink), text[len("</think>"):]
		case strings.HasPrefix(text, `\boxed{`):
			tokens, text = append(tokens, boxOpen), text[len(`\boxed{`):]
		default:
			tokens, text = append(tokens, int32(strings.IndexByte(letters, text[0]))), text[1:]
		}
	}
	return tokens
}

func (tokenizer) Decode(tokens []int32) string {
	var b strings.Builder
	for _, t := range tokens {
		switch t {
		case endThink:
			b.WriteString("</think>")
		case boxOpen:
			b.WriteString(`\boxed{`)
		default:
			b.WriteByte(letters[t])
		}
	}
	return b.String()
}

// script is the reference with a say in what is drawn: sample sees, and may change, what each row of a step drew.
type script struct {
	kernels.Ops
	sample func(out []kernels.Sampled, how []kernels.Sampling)
}

func (s script) Sample(out []kernels.Sampled, logits kernels.View, n int, how []kernels.Sampling) {
	s.Ops.Sample(out, logits, n, how)
	if len(out) > 0 {
		s.sample(out, how)
	}
}

// always draws one token for ever.
func always(text string) kernels.Ops {
	token := tokenizer{}.Encode(text, true)[0]
	return script{kernels.NewReference(), func(out []kernels.Sampled, _ []kernels.Sampling) {
		for i := range out {
			out[i].Token = token
		}
	}}
}

func start(t testing.TB, ops kernels.Ops, opt engine.Options) *engine.Engine {
	t.Helper()
	e, err := engine.New(tiny.New(ops), tokenizer{}, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

// batch is an engine, or a fleet of them.
type batch interface {
	Open(tokens []int32) (engine.PromptID, error)
	Start(r engine.Request) error
	Events() <-chan engine.Event
}

func open(t testing.TB, e batch, text string) engine.PromptID {
	t.Helper()
	id, err := e.Open(tokenizer{}.Encode(text, true))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func begin(t testing.TB, e batch, requests ...engine.Request) {
	t.Helper()
	for _, r := range requests {
		if err := e.Start(r); err != nil {
			t.Fatal(err)
		}
	}
}

// collect waits for n events and returns them by ID.
func collect(t testing.TB, e batch, n int) map[uint64]engine.Event {
	t.Helper()
	events := make(map[uint64]engine.Event)
	for range n {
		select {
		case event := <-e.Events():
			events[event.ID] = event
		case <-time.After(20 * time.Second):
			t.Fatalf("%d of %d events came", len(events), n)
		}
	}
	return events
}

// warm draws at temperature 1.
func warm(id uint64, prompt engine.PromptID, tokens int) engine.Request {
	return engine.Request{ID: id, Prompt: prompt, Seed: id * 77, Params: engine.Params{Temperature: 1, MaxTokens: tokens}}
}

const question = "whatis7times8"

func TestASampleIsTheSameAloneAndInAnyBatch(t *testing.T) {
	t.Run("on the reference", func(t *testing.T) {
		plain := kernels.NewReference()
		testBatchInvariance(t, plain, plain)
	})
	t.Run("on fast kernels of one and three threads", func(t *testing.T) {
		testBatchInvariance(t, fast(t, 1), fast(t, 3))
	})
}

func fast(t *testing.T, threads int) kernels.Ops {
	ops, err := cpu.New(cpu.Options{Threads: threads})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ops.Close)
	return ops
}

// testBatchInvariance compares samples that run one by one with the same ones among others.
func testBatchInvariance(t *testing.T, aloneOps, batchOps kernels.Ops) {
	const samples, tokens = 7, 100
	one := start(t, aloneOps, engine.Options{Slots: 1, MaxTokens: 128})
	prompt := open(t, one, question)
	for id := range uint64(samples) {
		begin(t, one, warm(id, prompt, tokens))
	}
	alone := collect(t, one, samples)
	one.Close()
	for _, opt := range []engine.Options{
		{Slots: 3, MaxTokens: 128, PrefillChunk: 1},
		{Slots: 16, MaxTokens: 128, PrefillChunk: 5, Prompts: 1},
		{Slots: 7, MaxTokens: 128, KVTokens: 7 * 32}, // pages for about two samples: the others give way and come back
	} {
		e := start(t, batchOps, opt)
		a, b := open(t, e, question), open(t, e, "anotherquestionthatsharesthebatch")
		for id := range uint64(samples) {
			begin(t, e, warm(id, a, tokens), warm(100+id, b, 5+3*int(id)))
		}
		for id, got := range collect(t, e, 2*samples) {
			if want, ok := alone[id]; ok && (got.Text != want.Text || got.Status != want.Status ||
				got.LogProb != want.LogProb || got.TailLogProb != want.TailLogProb || got.Entropy != want.Entropy) {
				t.Errorf("%+v: sample %d differs:\n%+v\n%+v alone", opt, id, got, want)
			}
		}
		if opt.KVTokens > 0 && e.Stats().Forked == 2*samples {
			t.Error("no sample gave way: the test does not test what it says")
		}
		e.Close()
	}
}

func TestAPromptIsReadOnceForAllItsSamples(t *testing.T) {
	e := start(t, kernels.NewReference(), engine.Options{Slots: 4, PrefillChunk: 3})
	prompt := open(t, e, question)
	for id := range uint64(20) {
		begin(t, e, warm(id, prompt, 3))
	}
	collect(t, e, 20)
	// The last token of a prompt is each sample's own first step.
	if got, want := e.Stats().Prefilled, len(question)-1; got != want {
		t.Errorf("%d tokens were read for a prompt of %d, want %d", got, len(question), want)
	}
}

// TestFirstTokensOfForksDiffer: the model's 40 tokens have at most probability p = 1/2 each after this prompt, so that 64
// equal ones have a chance below 2^-63.
func TestFirstTokensOfForksDiffer(t *testing.T) {
	e := start(t, kernels.NewReference(), engine.Options{})
	prompt := open(t, e, question)
	for id := range uint64(64) {
		begin(t, e, warm(id, prompt, 1))
	}
	seen := make(map[string]bool)
	for _, event := range collect(t, e, 64) {
		seen[event.Text] = true
	}
	if len(seen) < 4 {
		t.Errorf("64 samples began with %d different tokens", len(seen))
	}
}

func TestTemperatureZeroIgnoresTheSeed(t *testing.T) {
	e := start(t, kernels.NewReference(), engine.Options{})
	prompt := open(t, e, question)
	for id := range uint64(4) {
		begin(t, e, engine.Request{ID: id, Prompt: prompt, Seed: id, Params: engine.Params{MaxTokens: 30}})
	}
	events := collect(t, e, 4)
	for id := range uint64(4) {
		if events[id].Text != events[0].Text {
			t.Errorf("seed %d gave %q, seed 0 %q", id, events[id].Text, events[0].Text)
		}
	}
}

func TestASampleEndsAtItsTokenLimit(t *testing.T) {
	e := start(t, always("a"), engine.Options{MaxTokens: 9})
	prompt := open(t, e, question)
	limits := []int{1, 2, 9, 0}
	for i, n := range limits {
		begin(t, e, warm(uint64(i), prompt, n))
	}
	for id, event := range collect(t, e, len(limits)) {
		want := limits[id]
		if want == 0 {
			want = 9
		}
		if event.Status != engine.Truncated || event.Tokens != want || event.Text != strings.Repeat("a", want) {
			t.Errorf("limit %d: got %+v", limits[id], event)
		}
	}
}

// spelling draws the letters of text one after the other for a single running sample, and then ends it.
func spelling(text string) kernels.Ops {
	tokens := append(tokenizer{}.Encode(text, true), eos)
	return script{kernels.NewReference(), func(out []kernels.Sampled, _ []kernels.Sampling) {
		out[0].Token, tokens = tokens[0], tokens[1:]
	}}
}

func TestASampleEndsAtEndOfTextOrAStopText(t *testing.T) {
	for _, c := range []struct {
		text string
		stop []string
		want string
	}{
		{"abc", nil, "abc"},
		{"", nil, ""},
		{"abcabd", []string{"abd"}, "abc"},
		{"xabcy", []string{"y", "abc", "bc"}, "x"},
		{"ab", []string{"ab"}, ""},
		{"ab7times8", []string{"8whatis", "times8"}, "ab7"},
	} {
		e := start(t, spelling(c.text), engine.Options{})
		r := warm(1, open(t, e, question), 0)
		r.Params.Stop = c.stop
		begin(t, e, r)
		if got := collect(t, e, 1)[1]; got.Status != engine.Finished || got.Text != c.want {
			t.Errorf("%q with stop texts %q: got %s, %q, want finished, %q", c.text, c.stop, got.Status, got.Text, c.want)
		}
	}
}

// gate is the reference that draws "a" and stops in each step until the test lets it go on.
type gate struct {
	kernels.Ops
	steps chan int      // how many samples drew
	open  chan struct{} // closed when steps need not be watched any more
}

func newGate() gate { return gate{kernels.NewReference(), make(chan int), make(chan struct{})} }

func (g gate) Sample(out []kernels.Sampled, logits kernels.View, n int, how []kernels.Sampling) {
	g.Ops.Sample(out, logits, n, how)
	for i := range out {
		out[i].Token = 0
	}
	select {
	case g.steps <- len(out):
	case <-g.open:
	}
}

// next lets the loop finish the step that it is in and returns how many samples drew in it.
func (g gate) next(t *testing.T) int {
	t.Helper()
	select {
	case n := <-g.steps:
		return n
	case <-time.After(20 * time.Second):
		t.Error("no step came")
		return -1
	}
}

func TestCancelTakesEffectWithinAStepAndTheSlotIsTakenAtOnce(t *testing.T) {
	ops := newGate()
	e := start(t, ops, engine.Options{Slots: 2})
	prompt := open(t, e, question)
	begin(t, e, warm(1, prompt, 0), warm(2, prompt, 0), warm(3, prompt, 5))
	for ops.next(t) == 0 { // the prompt is read
	}
	// The loop is now free to enter its next step before it sees the call, but not the one after.
	e.Cancel(1)
	ops.next(t)
	for step := 1; step <= 4; step++ {
		if n := ops.next(t); n != 2 {
			t.Errorf("%d samples drew in step %d after the cancel, want 2: one that stays, one that came in", n, step)
		}
	}
	close(ops.open)
	events := collect(t, e, 2)
	if events[1].Status != engine.Cancelled || events[1].Tokens > 2 {
		t.Errorf("the cancelled sample ended as %+v", events[1])
	}
	if events[3].Status != engine.Truncated {
		t.Errorf("the sample that took its slot ended as %+v", events[3])
	}
}

func TestLandClosesTheReasoningOnce(t *testing.T) {
	testLanding(t, func(e *engine.Engine, _ *engine.Request, drawn, landAfter int) {
		if drawn == landAfter {
			e.Land(1)
			e.Land(1)
		}
	})
}

func TestASampleCanBeToldBeforehandWhenToLand(t *testing.T) {
	testLanding(t, func(_ *engine.Engine, r *engine.Request, _, landAfter int) {
		if r != nil {
			r.LandAfter = landAfter
		}
	})
}

// testLanding lands samples after what they draw before. land is called with the request and with every draw.
func testLanding(t *testing.T, land func(e *engine.Engine, r *engine.Request, drawn, landAfter int)) {
	for _, c := range []struct {
		name, before, after string
		status              engine.Status
		text                string
	}{
		{"in its reasoning", "ab", "5}", engine.Landed, `ab</think>\boxed{5}`},
		{"with a box in its reasoning", `a\boxed{1}`, "5}", engine.Landed, `a\boxed{1}</think>\boxed{5}`},
		{"past its reasoning", "ab</think>", "5}", engine.Landed, `ab</think>\boxed{5}`},
		{"in its box", `ab</think>\boxed{1`, "5}", engine.Landed, `ab</think>\boxed{15}`},
		{"in braces in its box", `ab</think>\boxed{{1`, "5}}", engine.Landed, `ab</think>\boxed{{15}}`},
		{"after its box", `ab</think>\boxed{1}`, "", engine.Landed, `ab</think>\boxed{1}`},
		{"and ends without closing the box", "ab", "5z", engine.Landed, `ab</think>\boxed{5`},
		{"and never closes the box", "ab", "111111", engine.Truncated, `ab</think>\boxed{111111`},
	} {
		t.Run(c.name, func(t *testing.T) {
			before, after := tokenizer{}.Encode(c.before, true), tokenizer{}.Encode(c.after, true)
			var e *engine.Engine
			drawn := 0
			ops := script{kernels.NewReference(), func(out []kernels.Sampled, how []kernels.Sampling) {
				if drawn < len(before) {
					out[0].Token = before[drawn]
				} else {
					out[0].Token = after[drawn-len(before)]
					if how[0].Temperature != 0 {
						t.Error("a landed sample does not answer greedily")
					}
				}
				drawn++
				land(e, nil, drawn, len(before))
			}}
			e = start(t, ops, engine.Options{LandTokens: 6})
			r := warm(1, open(t, e, question), 0)
			land(e, &r, 0, len(before))
			r.Params.Stop = []string{"{5"} // which a landing must not heed, or its answer would be cut off
			begin(t, e, r)
			got := collect(t, e, 1)[1]
			if got.Status != c.status || got.Text != c.text || got.Tokens != drawn {
				t.Errorf("got %s, %d tokens, %q; want %s, %d, %q", got.Status, got.Tokens, got.Text, c.status, drawn, c.text)
			}
		})
	}
}

func TestLandedSamplesReadWhatTheyAreGiven(t *testing.T) {
	// A sample landed after one token must continue as the prompt with that token and the landing's text does.
	var e *engine.Engine
	ops := script{kernels.NewReference(), func(out []kernels.Sampled, _ []kernels.Sampling) {
		e.Land(1)
	}}
	e = start(t, ops, engine.Options{PrefillChunk: 1, LandTokens: 10})
	begin(t, e, warm(1, open(t, e, question), 0))
	landed := collect(t, e, 1)[1]
	thought, answer, _ := strings.Cut(landed.Text, engine.DefaultLanding)

	whole := start(t, kernels.NewReference(), engine.Options{})
	r := engine.Request{ID: 1, Prompt: open(t, whole, question+thought+engine.DefaultLanding)}
	r.Params.MaxTokens = 10
	begin(t, whole, r)
	if want := collect(t, whole, 1)[1].Text; answer == "" || !strings.HasPrefix(want, answer) {
		t.Errorf("after %q the landed sample wrote %q, a sample of the whole text %q", thought, answer, want)
	}
}

func TestLandAndCancelOfWaitingSamplesCancelThem(t *testing.T) {
	ops := newGate()
	e := start(t, ops, engine.Options{Slots: 1, MaxTokens: 5})
	prompt := open(t, e, question)
	begin(t, e, warm(1, prompt, 0), warm(2, prompt, 0), warm(3, prompt, 0))
	e.Land(2)
	e.Cancel(3, 99)
	close(ops.open)
	events := collect(t, e, 3)
	for id, want := range map[uint64]engine.Status{1: engine.Truncated, 2: engine.Cancelled, 3: engine.Cancelled} {
		if events[id].Status != want {
			t.Errorf("sample %d ended as %s, want %s", id, events[id].Status, want)
		}
	}
	if events[2].Tokens != 0 || events[2].Seconds != 0 {
		t.Errorf("a sample that never ran reports %+v", events[2])
	}
}

func TestSamplesBeginInTheOrderOfTheirStart(t *testing.T) {
	e := start(t, always("a"), engine.Options{Slots: 1})
	prompt := open(t, e, question)
	const samples = 12
	for id := range uint64(samples) {
		begin(t, e, warm(id, prompt, 2))
	}
	for want := range uint64(samples) {
		if got := (<-e.Events()).ID; got != want {
			t.Fatalf("sample %d ended when %d was due", got, want)
		}
	}
}

func TestManyPromptsShareFewPromptSlots(t *testing.T) {
	texts := []string{"a", "be", "sea", "question4", "question5question5question5question5", "6", "seventh"}
	want := make([]string, len(texts))
	for i, text := range texts {
		e := start(t, kernels.NewReference(), engine.Options{})
		begin(t, e, warm(uint64(i), open(t, e, text), 12))
		want[i] = collect(t, e, 1)[uint64(i)].Text
	}
	e := start(t, kernels.NewReference(), engine.Options{Slots: 2, Prompts: 2, PrefillChunk: 4})
	prompts := make([]engine.PromptID, len(texts))
	for i, text := range texts {
		prompts[i] = open(t, e, text)
	}
	for round := range 3 {
		for i := range texts {
			r := warm(uint64(i), prompts[i], 12)
			r.ID += uint64(round * len(texts))
			begin(t, e, r)
		}
	}
	for id, event := range collect(t, e, 3*len(texts)) {
		if i := int(id) % len(texts); event.Text != want[i] {
			t.Errorf("sample %d of %q gave %q, alone %q", id, texts[i], event.Text, want[i])
		}
	}
}

func TestAClosedPromptsSamplesStillRun(t *testing.T) {
	e := start(t, always("a"), engine.Options{Slots: 1})
	prompt := open(t, e, question)
	begin(t, e, warm(1, prompt, 3), warm(2, prompt, 3))
	e.ClosePrompt(prompt)
	begin(t, e, warm(3, prompt, 3))
	events := collect(t, e, 3)
	if events[1].Status != engine.Truncated || events[2].Status != engine.Truncated {
		t.Errorf("samples started before ended as %s and %s", events[1].Status, events[2].Status)
	}
	if events[3].Status != engine.Failed || !strings.Contains(events[3].Err.Error(), "not open") {
		t.Errorf("the sample started after ended as %+v", events[3])
	}
}

func TestAReaderThatSleepsDoesNotStallTheBatch(t *testing.T) {
	e := start(t, always("a"), engine.Options{Slots: 2})
	prompt := open(t, e, question)
	const samples = 300
	for id := range uint64(samples) {
		begin(t, e, warm(id, prompt, 1))
	}
	for deadline := time.Now().Add(20 * time.Second); e.Stats().Drawn < samples; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d tokens of %d were drawn before the first event was read", e.Stats().Drawn, samples)
		}
	}
	collect(t, e, samples)
}

func TestAPanicFailsSamplesAndNotTheProgram(t *testing.T) {
	calls := 0
	ops := script{kernels.NewReference(), func(out []kernels.Sampled, _ []kernels.Sampling) {
		if calls++; calls == 5 {
			panic("broken device")
		}
	}}
	e := start(t, ops, engine.Options{Slots: 2})
	prompt := open(t, e, question)
	begin(t, e, warm(1, prompt, 0), warm(2, prompt, 0), warm(3, prompt, 0))
	events := collect(t, e, 3)
	begin(t, e, warm(4, prompt, 0))
	events[4] = collect(t, e, 1)[4]
	for id, event := range events {
		if event.Status != engine.Failed || event.Err == nil || !strings.Contains(event.Err.Error(), "broken device") {
			t.Errorf("sample %d ended as %+v, want failed by the broken device", id, event)
		}
	}
}

func TestNoDistributionFailsTheSampleAlone(t *testing.T) {
	nan := float32(0)
	nan /= nan
	ops := script{kernels.NewReference(), func(out []kernels.Sampled, _ []kernels.Sampling) {
		if len(out) == 2 {
			out[1].LogProb = nan
		}
	}}
	e := start(t, ops, engine.Options{})
	prompt := open(t, e, question)
	begin(t, e, warm(1, prompt, 500), warm(2, prompt, 500)) // long enough to run side by side for a while
	events := collect(t, e, 2)
	if failed := events[1].Status == engine.Failed; failed == (events[2].Status == engine.Failed) {
		t.Errorf("samples ended as %s and %s, want just one failed", events[1].Status, events[2].Status)
	}
}

func TestBadCallsAreErrors(t *testing.T) {
	for _, opt := range []engine.Options{{Slots: -1}, {Prompts: -1}, {PrefillChunk: -1}, {MaxTokens: -1}, {KVTokens: -1},
		{LandTokens: -1}, {Slots: 1 << 30}, {Slots: 1 << 20, MaxTokens: 1 << 20}} {
		if _, err := engine.New(tiny.New(kernels.NewReference()), tokenizer{}, opt); err == nil {
			t.Errorf("New took %+v", opt)
		}
	}
	e := start(t, kernels.NewReference(), engine.Options{MaxTokens: 10, KVTokens: 128})
	for _, tokens := range [][]int32{nil, {1, 40}, {-1}, make([]int32, 200)} {
		if _, err := e.Open(tokens); err == nil {
			t.Errorf("Open took %d tokens %v", len(tokens), tokens[:min(2, len(tokens))])
		}
	}
	prompt := open(t, e, question)
	for _, p := range []engine.Params{{Temperature: -1}, {TopK: -1}, {TopP: 2}, {MinP: -0.5}, {MaxTokens: 11}, {MaxTokens: -1},
		{Stop: []string{"a", ""}}} {
		if err := e.Start(engine.Request{ID: 1, Prompt: prompt, Params: p}); err == nil {
			t.Errorf("Start took %+v", p)
		}
	}
	if err := e.Start(engine.Request{ID: 1, Prompt: prompt, LandAfter: -1}); err == nil {
		t.Error("Start took a sample that is to land before its beginning")
	}
	begin(t, e, engine.Request{ID: 2, Prompt: 77})
	if event := collect(t, e, 1)[2]; event.Status != engine.Failed {
		t.Errorf("a sample of an unknown prompt ended as %+v", event)
	}
}

func TestAnIDInUseIsRefused(t *testing.T) {
	e := start(t, always("a"), engine.Options{})
	prompt := open(t, e, question)
	begin(t, e, warm(1, prompt, 200), warm(1, prompt, 200))
	first, second := <-e.Events(), <-e.Events()
	if first.Status != engine.Failed || second.Status != engine.Truncated {
		t.Errorf("two samples of one ID ended as %s and %s, want failed and truncated", first.Status, second.Status)
	}
}

func TestCloseEndsEverything(t *testing.T) {
	e := start(t, always("a"), engine.Options{})
	prompt := open(t, e, question)
	for id := range uint64(40) {
		begin(t, e, warm(id, prompt, 2))
	}
	<-e.Events()
	e.Close()
	e.Close()
	for range e.Events() { // ends because the channel is closed
	}
	if err := e.Start(warm(41, prompt, 1)); !errors.Is(err, engine.ErrClosed) {
		t.Errorf("Start after Close: got error %v, want ErrClosed", err)
	}
}

func TestStatsCountWhatWasDone(t *testing.T) {
	e := start(t, always("a"), engine.Options{Slots: 4})
	prompt := open(t, e, question)
	for id := range uint64(8) {
		begin(t, e, warm(id, prompt, 10))
	}
	event := collect(t, e, 8)[7]
	s := e.Stats()
	if s.Drawn != 80 || s.Forked != 8 || s.Running != 0 || s.Waiting != 0 || s.Steps < 20 {
		t.Errorf("got %+v, want 80 tokens drawn by 8 samples in at least 20 steps", s)
	}
	if got := s.Occupancy(4); got < 0.5 || got > 1 {
		t.Errorf("occupancy is %v", got)
	}
	sizes := tiny.New(kernels.NewReference())
	if s.PeakSlots != 5 || s.PeakPages < 4 ||
		s.StateBytes != 5*sizes.SlotBytes()+s.PeakPages*sizes.PageBytes() {
		t.Errorf("got %+v, want the states of 4 samples and a prompt", s)
	}
	// Beside what is drawn, the prompt but for its last token is read; a step's context is at least the rows that it reads,
	// and at most four samples and a prompt at their full lengths.
	if s.Rows != s.Drawn+len(question)-1 || s.Context < s.Rows || s.Context > s.Steps*5*(len(question)+10) {
		t.Errorf("%d rows and %d positions in %+v", s.Rows, s.Context, s)
	}
	if event.Step.Time <= 0 || event.Step.Context <= 0 || event.Step.Rows != event.Step.Samples {
		t.Errorf("the last event's step is %+v", event.Step)
	}
}

// TestStatsSumTheContextOfSteps: the only sample of a prompt of n tokens reads n positions in its first step, and one more in
// each that follows.
func TestStatsSumTheContextOfSteps(t *testing.T) {
	e := start(t, always("a"), engine.Options{Slots: 1, PrefillChunk: len(question)})
	begin(t, e, warm(1, open(t, e, question), 3))
	event := collect(t, e, 1)[1]
	s, n := e.Stats(), len(question)
	want := n + n + 1 + n + 2
	if s.Steps == 4 {
		want += n - 1 // the prompt had a step of its own
	}
	if s.Context != want || event.Step.Context != n+2 {
		t.Errorf("%d positions in %d steps, %d in the last; want %d and %d", s.Context, s.Steps, event.Step.Context, want, n+2)
	}
}

// TestTheTailIsTheLastTenthOfASample draws tokens of log-probabilities -1, -2, -3, ...
func TestTheTailIsTheLastTenthOfASample(t *testing.T) {
	for _, c := range []struct{ tokens, tail int }{
		{1, 1}, {2, 2}, {15, 15}, {16, 16}, {17, 16}, {159, 16}, {160, 16}, {161, 17}, {170, 17}, {171, 18}, {200, 20},
	} {
		drawn := 0
		ops := script{kernels.NewReference(), func(out []kernels.Sampled, _ []kernels.Sampling) {
			drawn++
			out[0].Token, out[0].LogProb = 0, -float32(drawn)
		}}
		e := start(t, ops, engine.Options{Slots: 1, MaxTokens: 256})
		begin(t, e, warm(1, open(t, e, "a"), c.tokens))
		event := collect(t, e, 1)[1]
		mean := func(from int) float64 { return -float64(from+c.tokens) / 2 }
		if event.Tokens != c.tokens || event.LogProb != mean(1) || event.TailLogProb != mean(c.tokens-c.tail+1) {
			t.Errorf("%d tokens: mean %v, tail %v; want %v and that of %d, %v", event.Tokens, event.LogProb, event.TailLogProb,
				mean(1), c.tail, mean(c.tokens-c.tail+1))
		}
	}
}

// FuzzCalls drives an engine with random calls: whatever they are, every sample ends once and nothing fails.
func FuzzCalls(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 2, 0, 3, 4})
	f.Add(bytes.Repeat([]byte{0, 5, 10, 1, 7}, 12))
	m := tiny.New(kernels.NewReference())
	f.Fuzz(func(t *testing.T, calls []byte) {
		calls = calls[:min(len(calls), 100)]
		e, err := engine.New(m, tokenizer{}, engine.Options{Slots: 3, Prompts: 2, PrefillChunk: 3, MaxTokens: 40, KVTokens: 200})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		prompts := []engine.PromptID{open(t, e, question), open(t, e, "b"), open(t, e, "thirdandlongestpromptofthelotbyfar123")}
		started := uint64(0)
		for _, c := range calls {
			arg := uint64(c / 5)
			switch c % 5 {
			case 0, 1:
				begin(t, e, warm(started, prompts[arg%3], int(arg%40)+1))
				started++
			case 2:
				e.Cancel(arg % (started + 1))
			case 3:
				e.Land(arg % (started + 1))
			case 4:
				e.Stats()
			}
		}
		events := collect(t, e, int(started))
		for id, event := range events {
			if event.Status == engine.Failed {
				t.Errorf("sample %d failed: %v", id, event.Err)
			}
		}
		if len(events) != int(started) {
			t.Errorf("%d samples ended, %d were started", len(events), started)
		}
	})
}
