package engine_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"caucus/engine"
	"caucus/engine/internal/tiny"
	"caucus/kernels"
)

// join is a fleet of an engine on each of the Ops.
func join(t testing.TB, opt engine.Options, all ...kernels.Ops) *engine.Fleet {
	t.Helper()
	var engines []*engine.Engine
	for _, ops := range all {
		e, err := engine.New(tiny.New(ops), tokenizer{}, opt)
		if err != nil {
			t.Fatal(err)
		}
		engines = append(engines, e)
	}
	f := engine.NewFleet(engines...)
	t.Cleanup(f.Close)
	return f
}

func TestASampleIsTheSameOnAnyDevice(t *testing.T) {
	t.Run("on the reference", func(t *testing.T) {
		testPlacement(t, func(int) kernels.Ops { return kernels.NewReference() })
	})
	t.Run("on fast kernels", func(t *testing.T) {
		testPlacement(t, func(device int) kernels.Ops { return fast(t, device+1) })
	})
}

// testPlacement compares samples that run one by one with the same ones on one to three devices.
func testPlacement(t *testing.T, ops func(device int) kernels.Ops) {
	const samples, tokens = 12, 60
	texts := []string{question, "anotherquestion"}
	request := func(id uint64, prompts []engine.PromptID) engine.Request {
		r := warm(id, prompts[id%2], tokens-int(id))
		if id%3 == 0 {
			r.LandAfter = 10
		}
		return r
	}
	run := func(b batch) map[uint64]engine.Event {
		var prompts []engine.PromptID
		for _, text := range texts {
			prompts = append(prompts, open(t, b, text))
		}
		for id := range uint64(samples) {
			begin(t, b, request(id, prompts))
		}
		return collect(t, b, samples)
	}
	alone := run(start(t, ops(0), engine.Options{Slots: 1, MaxTokens: 128}))
	for devices := 1; devices <= 3; devices++ {
		for _, opt := range []engine.Options{
			{Slots: 1, MaxTokens: 128},
			{Slots: 3, MaxTokens: 128, PrefillChunk: 4, Prompts: 1},
			{Slots: 8, MaxTokens: 128, KVTokens: 7 * 32}, // pages for about two samples of a device
		} {
			var all []kernels.Ops
			for d := range devices {
				all = append(all, ops(d))
			}
			for id, got := range run(join(t, opt, all...)) {
				want := alone[id]
				if got.Text != want.Text || got.Status != want.Status || got.Tokens != want.Tokens || got.LogProb != want.LogProb ||
					got.TailLogProb != want.TailLogProb || got.Entropy != want.Entropy {
					t.Errorf("%d devices, %+v: sample %d differs:\n%+v\n%+v alone", devices, opt, id, got, want)
				}
			}
		}
	}
}

// TestForksAreWhereTheirPromptIs: of two prompts with equally many samples each device reads one.
func TestForksAreWhereTheirPromptIs(t *testing.T) {
	f := join(t, engine.Options{Slots: 4}, always("a"), always("a"))
	a, b := open(t, f, question), open(t, f, "anotherquestion")
	for id := uint64(0); id < 8; id += 2 {
		begin(t, f, warm(id, a, 500), warm(id+1, b, 500))
	}
	collect(t, f, 8)
	if got, want := f.Stats().Prefilled, len(question)-1+len("anotherquestion")-1; got != want {
		t.Errorf("%d tokens of prompts were read, want %d: each prompt once", got, want)
	}
}

// TestOneProblemUsesAllDevices: each reads the prompt.
func TestOneProblemUsesAllDevices(t *testing.T) {
	devices := []gate{newGate(), newGate(), newGate()}
	f := join(t, engine.Options{Slots: 4}, devices[0], devices[1], devices[2])
	prompt := open(t, f, question)
	for id := range uint64(12) {
		begin(t, f, warm(id, prompt, 20))
	}
	for i, d := range devices {
		n := d.next(t)
		for n == 0 { // the prompt is read
			n = d.next(t)
		}
		close(d.open)
		if n != 4 {
			t.Errorf("device %d has %d samples, want 4", i, n)
		}
	}
	collect(t, f, 12)
	if got, want := f.Stats().Prefilled, 3*(len(question)-1); got != want {
		t.Errorf("%d tokens of the prompt were read, want %d", got, want)
	}
}

func TestAPromptIsNotReadWhereNobodyNeedsIt(t *testing.T) {
	f := join(t, engine.Options{}, always("a"), always("a"))
	for id := range uint64(6) {
		begin(t, f, warm(id, open(t, f, question), 3))
		collect(t, f, 1)
	}
	if got, want := f.Stats().Prefilled, 6*(len(question)-1); got != want {
		t.Errorf("%d tokens of prompts were read, want %d", got, want)
	}
}

func TestAPromptIsClosedOnAllDevices(t *testing.T) {
	f := join(t, engine.Options{Slots: 1}, always("a"), always("a"))
	closed := open(t, f, question)
	f.ClosePrompt(closed)
	other := open(t, f, question)
	begin(t, f, warm(0, closed, 3), warm(1, closed, 3), warm(2, other, 3), warm(3, other, 3))
	for id, e := range collect(t, f, 4) {
		if failed := e.Status == engine.Failed; failed != (id < 2) {
			t.Errorf("sample %d ended as %s, %v", id, e.Status, e.Err)
		}
	}
}

// TestTheRoomOfCancelledSamplesIsTaken at once, before their end is heard of.
func TestTheRoomOfCancelledSamplesIsTaken(t *testing.T) {
	first, second := newGate(), newGate()
	f := join(t, engine.Options{Slots: 2}, first, second)
	a := open(t, f, "a") // of one token: there is nothing to read
	for id := range uint64(4) {
		begin(t, f, warm(id, a, 100)) // 0 and 2 are on the first, the others on the second
	}
	f.Cancel(1, 3, 1)
	begin(t, f, warm(5, a, 100), warm(6, a, 100))
	close(first.open)
	close(second.open)
	events := collect(t, f, 6)
	for id, want := range map[uint64]engine.Status{0: engine.Truncated, 1: engine.Cancelled, 2: engine.Truncated, 3: engine.Cancelled,
		5: engine.Truncated, 6: engine.Truncated} {
		if events[id].Status != want {
			t.Errorf("sample %d ended as %s, want %s", id, events[id].Status, want)
		}
	}
	if steps := f.Stats().Steps; steps > 202 {
		t.Errorf("it took %d steps of both devices, want those of two rounds: samples waited", steps)
	}
}

func TestSamplesOfAllDevicesLand(t *testing.T) {
	first, second := newGate(), newGate()
	f := join(t, engine.Options{Slots: 2, MaxTokens: 5}, first, second)
	prompt := open(t, f, "a")
	for id := range uint64(6) { // 4 and 5 wait
		begin(t, f, warm(id, prompt, 0))
	}
	for _, device := range []gate{first, second} {
		for n := 1; n == 1; { // the first step may be without the device's second sample
			n = device.next(t)
		}
	}
	f.Land(0, 1, 2, 3, 4, 5, 99)
	close(first.open)
	close(second.open)
	for id, e := range collect(t, f, 6) {
		want := engine.Truncated // "a" for ever closes no box
		if id > 3 {
			want = engine.Cancelled
		}
		if e.Status != want || id <= 3 && !slices.Contains(tokenizer{}.Encode(e.Text, true), boxOpen) {
			t.Errorf("sample %d ended as %+v", id, e)
		}
	}
}

func TestABrokenDeviceGetsNoMoreSamples(t *testing.T) {
	broken := script{kernels.NewReference(), func([]kernels.Sampled, []kernels.Sampling) { panic("broken device") }}
	f := join(t, engine.Options{Slots: 2}, broken, always("a"))
	prompt := open(t, f, question)
	begin(t, f, warm(0, prompt, 3))
	if e := collect(t, f, 1)[0]; e.Status != engine.Failed {
		t.Errorf("the sample of the broken device ended as %+v", e)
	}
	for id := range uint64(5) { // three wait
		begin(t, f, warm(id, prompt, 3))
	}
	for id, e := range collect(t, f, 5) {
		if e.Status != engine.Truncated {
			t.Errorf("sample %d ended as %+v", id, e)
		}
	}
}

func TestBadCallsOfAFleetAreErrors(t *testing.T) {
	devices := []gate{newGate(), newGate()}
	f := join(t, engine.Options{Slots: 1, MaxTokens: 10}, devices[0], devices[1])
	if _, err := f.Open([]int32{40}); err == nil {
		t.Error("Open took a token that there is not")
	}
	prompt := open(t, f, question)
	if err := f.Start(engine.Request{ID: 1, Prompt: prompt, Params: engine.Params{TopP: 2}}); err == nil {
		t.Error("Start took a top-p of 2")
	}
	begin(t, f, warm(1, prompt, 2))
	if err := f.Start(warm(1, prompt, 2)); err == nil {
		t.Error("Start took an ID that is in use")
	}
	begin(t, f, engine.Request{ID: 2, Prompt: prompt + 1})
	for _, d := range devices {
		close(d.open)
	}
	events := collect(t, f, 2)
	if events[1].Status != engine.Truncated || events[2].Status != engine.Failed {
		t.Errorf("the samples ended as %+v", events)
	}
	f.Close()
	f.Close()
	if _, open := <-f.Events(); open {
		t.Error("there are events after Close")
	}
	if err := f.Start(warm(3, prompt, 2)); !errors.Is(err, engine.ErrClosed) {
		t.Errorf("Start after Close: got error %v, want ErrClosed", err)
	}
}

// TestEverySampleEndsOnce whatever is called when, and has the text of an undisturbed one or a beginning of it.
func TestEverySampleEndsOnce(t *testing.T) {
	const samples = 200
	one := start(t, kernels.NewReference(), engine.Options{})
	prompt := open(t, one, question)
	f := join(t, engine.Options{Slots: 3}, kernels.NewReference(), kernels.NewReference(), kernels.NewReference())
	open(t, f, question)
	rng := rand.New(rand.NewPCG(1, 2))
	for id := range uint64(samples) {
		begin(t, f, warm(id, prompt, 1+int(id%9)))
		begin(t, one, warm(id, prompt, 1+int(id%9)))
		switch other := rng.Uint64N(id + 1); rng.IntN(6) {
		case 0:
			f.Cancel(other, id)
		case 1:
			f.Land(other)
		}
	}
	alone, events := collect(t, one, samples), collect(t, f, samples)
	if len(events) != samples {
		t.Errorf("%d samples ended", len(events))
	}
	for id, e := range events {
		switch e.Status {
		case engine.Finished, engine.Truncated:
			if want := alone[id].Text; e.Text != want && !slices.Contains(tokenizer{}.Encode(e.Text, true), boxOpen) {
				t.Errorf("sample %d wrote %q, alone %q", id, e.Text, want)
			}
		case engine.Cancelled, engine.Landed:
		default:
			t.Errorf("sample %d ended as %+v", id, e)
		}
	}
	select {
	case e := <-f.Events():
		t.Errorf("sample %d ended again: %+v", e.ID, e)
	default:
	}
	if s := f.Stats(); s.Running+s.Waiting+s.Working != 0 || s.Engines != 3 {
		t.Errorf("samples are left, or engines are not counted: %+v", s)
	}
}
