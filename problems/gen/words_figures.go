package gen

import "strconv"

// This file has stories about averages and about rectangles.

// scores returns n numbers with a whole average.
func (s *story) scores(n int64) []int64 {
	list := make([]int64, n)
	var sum int64
	for i := range list {
		list[i] = s.count()
		sum += list[i]
	}
	list[n-1] += (n - sum%n) % n
	return list
}

// inSentence writes numbers with commas, and last before the last of them.
func inSentence(ns []int64, last string) string {
	var text string
	for i, n := range ns {
		switch {
		case i > 0 && i == len(ns)-1:
			text += last
		case i > 0:
			text += ", "
		}
		text += strconv.FormatInt(n, 10)
	}
	return text
}

func averageOf(s *story) (string, Dec) {
	s.persons("A")
	n := 2 + s.r.Int64N(4)
	list := s.scores(n)
	s.num("n", n)
	s.set("list", inSentence(list, " and "))
	s.set("plain", inSentence(list, ", "))
	s.note("{plain}; n {n}, average ?")
	return pick(s.r,
		"what is the [average|mean] of {plain}?",
		"find the [average|mean] of {list}.",
		"{A} scored {list} points in {n} games. what is {his} average score?",
		"on {n} days {A} [walked|ran|drove] {list} km. how many km is that per day on average?",
		"{A} [sold|read|baked] {list} [books|cakes|cards] in {n} [days|weeks]. what is the average?",
	), Int(s.div(s.sum(list...), n))
}

func averageMissing(s *story) (string, Dec) {
	s.persons("A")
	n := 3 + s.r.Int64N(2)
	list := s.scores(n)
	var sum int64
	for _, v := range list {
		sum += v
	}
	s.num("n", n)
	s.num("m", n-1)
	s.num("mean", sum/n)
	s.set("list", inSentence(list[:n-1], " and "))
	s.set("plain", inSentence(list[:n-1], ", "))
	s.note("{plain}, ?; n {n}, average {mean}")
	all := s.mul(sum/n, n)
	return pick(s.r,
		"the average of {n} numbers is {mean}. {m} of them are {list}. what is the other one?",
		"{A} scored {list} points in {m} games. how many points does {he} need in the next game for an average of "+
			"{mean}?",
	), Int(s.sub(all, s.sum(list[:n-1]...)))
}

func averageTotal(s *story) (string, Dec) {
	s.persons("A")
	n, mean := s.few(), s.count()
	s.num("n", n)
	s.num("mean", mean)
	s.num("all", n*mean)
	if s.r.IntN(2) == 0 {
		s.note("all {all}, n {n}, average ?")
		return "{A} scored {all} points in {n} games. how many points did {he} score per game on average?",
			Int(s.div(n*mean, n))
	}
	s.note("n {n}, average {mean}, all ?")
	return pick(s.r,
		"{A} scored an average of {mean} points in {n} games. how many points did {he} score in all?",
		"the average of {n} numbers is {mean}. what is their sum?",
	), Int(s.mul(mean, n))
}

// drawRectangle draws a rectangle of {long} by {wide} {unit}.
func (s *story) drawRectangle() (long, wide int64) {
	s.persons("A")
	s.set("unit", pick(s.r, "feet", "meters", "cm", "inches", "yards", "m"))
	s.set("shape", pick(s.r, "rectangle", "rectangle", "room", "garden", "yard", "field", "carpet",
		"rectangular pool", "poster", "park", "wall"))
	wide = s.few()
	long = wide + s.few()
	s.num("long", long)
	s.num("wide", wide)
	return long, wide
}

const rectangleBody = "[a {shape} is {long} {unit} long and {wide} {unit} wide|the length of a {shape} is {long} " +
	"{unit} and its width is {wide} {unit}|a {shape} measures {long} {unit} by {wide} {unit}|{A}'s {shape} is " +
	"{wide} {unit} wide and {long} {unit} long]. "

func rectangle(s *story) (string, Dec) {
	long, wide := s.drawRectangle()
	switch s.r.IntN(5) {
	case 0:
		s.note("long {long}, wide {wide}, more ?")
		return rectangleBody + "how much longer is it than it is wide?", Int(s.sub(long, wide))
	case 1, 2:
		s.note("long {long}, wide {wide}, around ?")
		return rectangleBody + "[what is its perimeter|what is the perimeter|how many {unit} of fence are needed to " +
				"go around it]?",
			Int(s.mul(s.add(long, wide), 2))
	}
	s.note("long {long}, wide {wide}, area ?")
	return rectangleBody + "what is [its|the] area[| in square {unit}]?", Int(s.mul(long, wide))
}

func missingSide(s *story) (string, Dec) {
	long, wide := s.drawRectangle()
	s.num("area", long*wide)
	s.num("around", 2*(long+wide))
	if s.r.IntN(2) == 0 {
		s.note("area {area}, wide {wide}, long ?")
		return "[the area of a {shape} is {area} square {unit}|a {shape} has an area of {area} square {unit}]. " +
				"[its width is {wide} {unit}|it is {wide} {unit} wide]. [how long is it|what is its length]?",
			Int(s.div(long*wide, wide))
	}
	s.note("around {around}, wide {wide}, long ?")
	half := s.div(2*(long+wide), 2)
	return "the perimeter of a {shape} is {around} {unit}. [its width is {wide} {unit}|it is {wide} {unit} wide]. " +
			"[how long is it|what is its length]?",
		Int(s.sub(half, wide))
}

func squareShape(s *story) (string, Dec) {
	side := s.few()
	s.persons("A")
	s.num("side", side)
	s.num("around", 4*side)
	s.set("unit", pick(s.r, "feet", "meters", "cm", "inches", "m"))
	s.set("shape", pick(s.r, "square", "square room", "square garden", "square table", "square tile"))
	switch s.r.IntN(3) {
	case 0:
		s.note("side {side}, around ?")
		return "[a {shape} has sides of {side} {unit}|the side of a {shape} is {side} {unit}]. " +
			"what is [its|the] perimeter?", Int(s.mul(side, 4))
	case 1:
		s.note("around {around}, side ?")
		return "the perimeter of a {shape} is {around} {unit}. how long is [one|each] side?", Int(s.div(4*side, 4))
	}
	s.note("side {side}, area ?")
	return "[a {shape} has sides of {side} {unit}|the side of a {shape} is {side} {unit}]. " +
		"what is [its|the] area?", Int(s.mul(side, side))
}

// covering has a price or a stock to cover or surround a rectangle.
func covering(s *story) (string, Dec) {
	long, wide := s.drawRectangle()
	price := s.r.Int64N(8) + 2
	s.price("price", Int(price))
	switch s.r.IntN(3) {
	case 0:
		s.note("long {long}, wide {wide}, each {price}, around cost ?")
		return rectangleBody + "a fence around it costs {price} per [foot|meter]. " +
				"how much does the [whole |]fence cost?",
			Int(s.mul(s.mul(s.add(long, wide), 2), price))
	case 1:
		has := s.some(long * wide)
		s.num("has", has)
		s.note("long {long}, wide {wide}, has {has}, more ?")
		return rectangleBody + "{A} has {has} square {unit} of [tiles|cloth|grass] to cover it. " +
				"how many more square {unit} does {he} need?",
			Int(s.sub(s.mul(long, wide), has))
	}
	s.note("long {long}, wide {wide}, each {price}, area cost ?")
	return rectangleBody + "[paint|turf|cloth] costs {price} per square unit. " +
			"how much does it cost to cover all of it?",
		Int(s.mul(s.mul(long, wide), price))
}
