package gen

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
)

// This file is how a word problem is told and worked out. The kinds of stories are in the other words files.
//
// A solution first writes down the quantities that matter, by their role, and then calculates:
//
//	Nina has 31 old stamps and 12 new stamps. She lost 5 new stamps and 8 old stamps. How many old stamps are left?
//	old stamps: had 31, out 8, now ?
//	31-8=23
//
// So understanding the story is a step apart from calculating, and numbers without a role drop out before it.

var wordFamilies = []Family{
	{"words__change", 2, storyFamily(changeNow, changeNow, changeMoved, changeBefore,
		placeNow, placeBefore, placeMoved, kindsChange, twoChanges, goal, weight, transfer)},
	{"words__compare", 2, storyFamily(compareOwners, compareGiven, compareChain, compareMeasures, partsOfWhole,
		compareDays, timesAsMany)},
	{"words__groups", 2, storyFamily(equalGroups, mixedGroups, leftover, groupsChange)},
	{"words__money", 2, storyFamily(priceTotal, twoGoods, changeFromBill, canAfford, wages, purse, discountEach)},
	{"words__rate", 1, storyFamily(travel, production, sameRate, lasting)},
	{"words__percent", 1, storyFamily(percentOf, percentPrice, percentIs)},
	{"words__average", 1, storyFamily(averageOf, averageMissing, averageTotal)},
	{"words__area", 1, storyFamily(rectangle, missingSide, squareShape, covering)},
	{"words__age", 1, storyFamily(ageLater, ageDifference, ageTimes)},
	{"words__ratio", 1, storyFamily(ratioParts, fractionOf, recipe)},
	{"words__two_step", 2, storyFamily(twiceTotal, weekly, pagesLeft, packsLeft, saving, partAway, dozens, shareTotal)},
}

// A scenario draws the persons, things and numbers of a problem and works it out. It returns the template of the problem
// for [story.tell] and the answer.
type scenario func(s *story) (problem string, answer Dec)

// storyFamily makes items of the scenarios, each as likely as the others.
func storyFamily(scenarios ...scenario) func(r *rand.Rand, level float64) Item {
	return fitting(func(r *rand.Rand, level float64) Item {
		s := newStory(r, level)
		problem, answer := pick(r, scenarios...)(s)
		if r.IntN(12) == 0 {
			problem = pick(r, openings...) + " " + problem
		}
		item := Item{Problem: sentences(s.tell(problem)), Solution: joinLines(s.lines...), Answer: answer.String()}
		if r.IntN(8) == 0 { // as people type
			item.Problem, item.Solution = strings.ToLower(item.Problem), strings.ToLower(item.Solution)
		}
		if r.IntN(8) == 0 {
			item.Problem = strings.TrimRight(item.Problem, "?.")
		}
		return item
	})
}

// A story is a word problem in the making.
type story struct {
	r        *rand.Rand
	level    float64
	told     []string // what stands for what in the problem: "{a}", "three", "{items}", "apples", ...
	noted    []string // the same for the working, where numbers are digits
	lines    []string // the working
	spelling bool     // small numbers are written as words
	currency string   // a template for amounts: "$#", "# dollars", ...
}

func newStory(r *rand.Rand, level float64) *story {
	s := &story{r: r, level: level, spelling: r.IntN(8) == 0}
	s.currency = pick(r, "$#", "$#", "$#", "$ #", "# dollars", "# dollars", "# euros")
	s.set("how", pick(r, ", how", ", how", ", how", ". How", ". How", " How")) // joins a condition and its question
	return s
}

// set makes {key} stand for text.
func (s *story) set(key, text string) {
	s.told = append(s.told, "{"+key+"}", text)
	s.noted = append(s.noted, "{"+key+"}", text)
}

// num makes {key} stand for the number v, in figures or words.
func (s *story) num(key string, v int64) {
	text := strconv.FormatInt(v, 10)
	s.noted = append(s.noted, "{"+key+"}", text)
	switch {
	case s.spelling && v <= 99:
		text = spelled(v)
	case v >= 1000 && s.r.IntN(3) == 0:
		text = text[:len(text)-3] + "," + text[len(text)-3:]
	}
	s.told = append(s.told, "{"+key+"}", text)
}

// figures makes {key} stand for the number v in figures.
func (s *story) figures(key string, v int64) { s.set(key, strconv.FormatInt(v, 10)) }

// price makes {key} stand for an amount of money.
func (s *story) price(key string, d Dec) {
	s.noted = append(s.noted, "{"+key+"}", d.String())
	s.told = append(s.told, "{"+key+"}", strings.Replace(s.currency, "#", d.String(), 1))
}

// persons makes each of the keys stand for a different name, and {he}, {his} and {him} for the first of them.
func (s *story) persons(keys ...string) {
	she := s.r.IntN(2) == 0
	names, pronouns := men, []string{"he", "his", "him"}
	if she {
		names, pronouns = women, []string{"she", "her", "her"}
	}
	first := pick(s.r, names...)
	if s.r.IntN(10) == 0 {
		first = "the " + pick(s.r, workers...)
	}
	s.set(keys[0], first)
	s.set("he", pronouns[0])
	s.set("his", pronouns[1])
	s.set("him", pronouns[2])
	used := map[string]bool{first: true}
	for _, key := range keys[1:] {
		name := pick(s.r, pick(s.r, men, women)...)
		for used[name] {
			name = pick(s.r, pick(s.r, men, women)...)
		}
		used[name] = true
		s.set(key, name)
	}
}

// noun makes {one}, {many} and {a one} stand for a noun such as "apple" or "shelf/shelves". It returns the plural.
func (s *story) noun(one, many, noun string) (plural string) {
	singular, plural, irregular := strings.Cut(noun, "/")
	if !irregular {
		plural = pluralOf(singular)
	}
	article := "a "
	if strings.IndexByte("aeiou", singular[0]) >= 0 {
		article = "an "
	}
	s.set(one, singular)
	s.set("a "+one, article+singular)
	s.set(many, plural)
	return plural
}

// item makes {item} and {items} stand for one of the nouns. It returns the plural.
func (s *story) item(nouns ...string) (plural string) {
	return s.noun("item", "items", pick(s.r, nouns...))
}

// two returns two of the words.
func (s *story) two(words []string) (one, other string) {
	i := s.r.IntN(len(words))
	return words[i], words[(i+1+s.r.IntN(len(words)-1))%len(words)]
}

// twoKinds makes {k1} and {k2} stand for two kinds of things that one can count apart.
func (s *story) twoKinds() {
	stock, adjectives := things, traits
	if s.r.IntN(2) == 0 {
		stock, adjectives = foods, foodTraits
	}
	if s.r.IntN(3) == 0 {
		one, other := s.two(stock)
		s.set("k1", s.noun("i1", "j1", one))
		s.set("k2", s.noun("i2", "j2", other))
		s.set("items", "things")
		return
	}
	items := s.item(stock...)
	one, other := s.two(adjectives)
	s.set("k1", one+" "+items)
	s.set("k2", other+" "+items)
}

// days makes the keys stand for weekdays in their order.
func (s *story) days(keys ...string) {
	first := s.r.IntN(len(weekdays) - len(keys) + 1)
	for i, key := range keys {
		s.set(key, weekdays[first+i])
	}
}

// count returns a number of things from 2 on, small ones more often, as large as the level allows.
func (s *story) count() int64 { return s.upTo(math.Pow(10, 1+2*s.level)) }

// few returns a number of groups, days and the like.
func (s *story) few() int64 { return s.upTo(math.Pow(10, 0.9+0.8*s.level)) }

// upTo returns a number from 2 to limit, every order of magnitude equally likely.
func (s *story) upTo(limit float64) int64 {
	return int64(2 * math.Pow(max(limit, 3)/2, s.r.Float64()))
}

// some returns a number below n, of at least 2 where n allows: "1 apples" does not read well.
func (s *story) some(n int64) int64 {
	if n <= 3 {
		return 1
	}
	return 2 + s.r.Int64N(n-2)
}

// tell fills a template: of "[a|b|c]" it takes one, and for "{key}" what the key stands for.
func (s *story) tell(template string) string {
	for {
		open := strings.LastIndexByte(template, '[') // the last one has no other inside
		if open < 0 {
			break
		}
		end := open + strings.IndexByte(template[open:], ']')
		choice := pick(s.r, strings.Split(template[open+1:end], "|")...)
		template = template[:open] + choice + template[end+1:]
	}
	return strings.NewReplacer(s.told...).Replace(template)
}

// sentences gives each sentence its capital letter.
func sentences(text string) string {
	b := []byte(text)
	for i, c := range b {
		if 'a' <= c && c <= 'z' && (i == 0 || i >= 2 && b[i-1] == ' ' && strings.IndexByte(".?!", b[i-2]) >= 0) {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}

// note adds a line of quantities to the working.
func (s *story) note(template string) {
	s.lines = append(s.lines, strings.NewReplacer(s.noted...).Replace(template))
}

// The calculations add their working and return the result.

func (s *story) add(a, b int64) int64 { return s.addDec(Int(a), Int(b)).V }

func (s *story) sub(a, b int64) int64 { return s.subDec(Int(a), Int(b)).V }

func (s *story) mul(a, b int64) int64 { return s.mulDec(Int(a), Int(b)).V }

// div returns a/d, rounded down.
func (s *story) div(a, d int64) int64 {
	q, _ := s.divMod(a, d)
	return q
}

func (s *story) divMod(a, d int64) (q, r int64) {
	q, r, working := DivMod(a, d)
	s.lines = append(s.lines, working)
	return q, r
}

func (s *story) addDec(a, b Dec) Dec {
	sum, working := Add(a, b)
	s.lines = append(s.lines, working)
	return sum
}

func (s *story) subDec(a, b Dec) Dec {
	diff, working := Sub(a, b)
	s.lines = append(s.lines, working)
	return diff
}

func (s *story) mulDec(a, b Dec) Dec {
	product, working := Mul(a, b)
	s.lines = append(s.lines, working)
	return product
}

// shift divides by a power of ten that divides n.
func (s *story) shift(n int64, zeros int) int64 {
	shifted := n / pow10(zeros)
	s.lines = append(s.lines, fmt.Sprintf("%d/%d=%d", n, pow10(zeros), shifted))
	return shifted
}

// percent returns p% of a number, which must be whole. It drops zeros before it multiplies, to keep the product short.
func (s *story) percent(p, whole int64) int64 {
	switch {
	case whole%100 == 0:
		return s.mul(s.shift(whole, 2), p)
	case whole%10 == 0 && p%10 == 0:
		return s.mul(s.shift(whole, 1), p/10)
	}
	return s.shift(s.mul(whole, p), 2)
}

// sum adds all the numbers, one line each after the first.
func (s *story) sum(ns ...int64) int64 {
	total := ns[0]
	for _, n := range ns[1:] {
		total = s.add(total, n)
	}
	return total
}
