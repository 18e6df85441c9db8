package budget

// firstTo is the rule of many AIMO entries: one problem after the other, each until an answer has so many votes, of at most
// twice as many samples. Where the votes are close it is no better than a coin.
type firstTo struct {
	inOrder
	votes int
}

func (f firstTo) Decided(s Standing) bool { return s.Leader >= f.votes || f.inOrder.Decided(s) }
