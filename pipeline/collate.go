package pipeline

import (
	"slices"

	"sohoa/dossier"
	"sohoa/pipeline/split"
)

// collate brings a batch that was fed twice, all fronts and then all backs, into
// the order of the paper. Where there are not as many backs as fronts, nobody
// can tell which belong together, and the batch is held until a person says of
// which sheets one side is empty and was not scanned.
func (s *stack) collate(batch dossier.Batch, said dossier.BacksAnswer) {
	if len(s.sheets) == 0 {
		return
	}
	if said.Say == dossier.BacksRescan {
		s.rescanned = true
		return
	}
	from := batch.Backs.From
	fronts, backs := sides(s.sheets, func(input int) bool { return from == 0 || input < from }), sides(s.sheets, func(input int) bool { return from > 0 && input >= from })
	held := s.missingSide(batch, fronts, backs)
	whole := from > 0 && len(fronts) == len(backs)
	if !whole && (said.Say != dossier.BacksBlank || !held.Unpaired.Fits(said.Sheets)) {
		s.unpaired = held
		return
	}
	if batch.Backs.Order == dossier.BacksReverse {
		slices.Reverse(backs)
	}
	if !whole {
		sheets := inOrder(said.Sheets, batch.Backs.Order, len(fronts), len(backs))
		fronts, backs = withEmpty(fronts, len(backs), sheets), withEmpty(backs, len(fronts), sheets)
	}
	// One feeder gave both sides, so they are one input from here on.
	input := s.sheets[0].Input
	collated := make([]split.Sheet, 0, len(s.sheets))
	for i := range fronts {
		for _, sheet := range slices.Concat(fronts[i], backs[i]) {
			sheet.Input = input
			collated = append(collated, sheet)
		}
	}
	s.sheets = collated
}

// inOrder numbers sheets in the order of the paper. They were numbered as the
// side with more images was fed, and backs may have come the other way round.
func inOrder(sheets []int, order dossier.BacksOrder, fronts, backs int) []int {
	numbers := slices.Clone(sheets)
	if order == dossier.BacksReverse && backs > fronts {
		for i, n := range numbers {
			numbers[i] = backs + 1 - n
		}
	}
	return numbers
}

// withEmpty puts an empty side where a sheet has none, into the sides that are
// fewer than the others.
func withEmpty(sides [][]split.Sheet, others int, sheets []int) [][]split.Sheet {
	if len(sides) >= others {
		return sides
	}
	all := make([][]split.Sheet, 0, others)
	for n := 1; n <= others; n++ {
		if slices.Contains(sheets, n) {
			all = append(all, nil)
			continue
		}
		all, sides = append(all, sides[0]), sides[1:]
	}
	return all
}

// sides parts sheets by their images: a spread is two pages of one side.
func sides(sheets []split.Sheet, of func(input int) bool) (sides [][]split.Sheet) {
	for _, sheet := range sheets {
		if !of(sheet.Input) {
			continue
		}
		if last := len(sides) - 1; last >= 0 && sides[last][0].Image == sheet.Image {
			sides[last] = append(sides[last], sheet)
			continue
		}
		sides = append(sides, []split.Sheet{sheet})
	}
	return sides
}

// missingSide says how many sides there are, and from which sheet on, as it was
// fed, one has no other side.
func (s *stack) missingSide(batch dossier.Batch, fronts, backs [][]split.Sheet) *dossier.Miscount {
	m := &dossier.Miscount{Batch: batch.ID, Unpaired: &dossier.Unpaired{Fronts: len(fronts), Backs: len(backs), Told: batch.Backs.From > 0}}
	longer := fronts
	if len(backs) > len(fronts) {
		longer = backs
	}
	m.First, m.Last = s.found[s.sheets[0].Page], s.found[s.sheets[len(s.sheets)-1].Page]
	if at := min(len(fronts), len(backs)); at < len(longer) {
		m.Unpaired.Sheet, m.First = at+1, s.found[longer[at][0].Page]
	}
	return m
}

// heldSides parks every page of a batch whose sides do not fit together. Of one
// that is fed again they are superseded instead; the placer knows.
func heldSides(sheets []split.Sheet) (plan split.Plan) {
	for _, sheet := range sheets {
		plan.Parked = append(plan.Parked, split.Parked{Page: sheet.Page, Reason: dossier.ReasonBacks, Group: -1})
	}
	return plan
}
