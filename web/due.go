package web

import "time"

// urgency is how long a dossier still may take, in words.
type urgency struct {
	Text string
	Late bool
	// Soon: today or tomorrow is the last day.
	Soon bool
}

// urgency counts working days as the office works; nil where nothing presses.
func (s *site) urgency(l lang, due *time.Time) *urgency {
	if due == nil {
		return nil
	}
	switch left := s.Calendar.Left(*due, s.Now()); {
	case left < 0:
		return &urgency{Text: s.words.say(l, "due.late", -left), Late: true}
	case left == 0:
		return &urgency{Text: s.words.say(l, "due.today"), Soon: true}
	default:
		return &urgency{Text: s.words.say(l, "due.left", left), Soon: left == 1}
	}
}
