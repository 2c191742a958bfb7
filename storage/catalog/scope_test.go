package catalog

import (
	"errors"
	"testing"

	"sohoa/dossier"
)

// What each scope sees of a dossier that one unit keeps, another received and a
// third decides, with a page that is placed and one that waits.
func TestScopes(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, d desk) {
		act := d.takeIn("here", "b1", 0, "1.jpg", "2.jpg")
		placed, waiting := d.read("b1", 1), d.read("b1", 2)
		d.publish(act, "b1", "d1", "H38.12-260909-0001", placed)
		_, err := d.write.NewUpdate().Model((*dossierRow)(nil)).Set("receiving_unit = 'counter'").Set("deciding_unit = 'province'").Where("id = 'd1'").Exec(t.Context())
		d.must(err)
		_, err = d.write.NewUpdate().Model((*pageRow)(nil)).Set("state = ?", dossier.PageParked).Where("id = ?", waiting).Exec(t.Context())
		d.must(err)
		unread := d.takeIn("here", "b2", 1, "3.jpg")
		file, err := d.File(t.Context(), dossier.FileRef{Batch: "b2", Ordinal: 1})
		d.must(err)
		d.must(d.FileOpened(t.Context(), unread, file, 1))
		raw := dossier.NewImageID(file.SHA256, 1).Page(1)

		birth, other := []string{"birth_notice"}, []string{"marriage_certificate"}
		for name, c := range map[string]struct {
			scope                     dossier.Scope
			dossier, waits, unreadToo bool
		}{
			"the keeping unit":             {dossier.Whole("here"), true, true, true},
			"the receiving unit":           {dossier.Whole("counter"), true, false, false},
			"the deciding unit":            {dossier.Whole("province"), true, false, false},
			"a foreign unit":               {dossier.Whole("elsewhere"), false, false, false},
			"nobody":                       {dossier.Scope{}, false, false, false},
			"its kinds":                    {dossier.Scope{Unit: "here", Kinds: birth}, true, false, false},
			"other kinds":                  {dossier.Scope{Unit: "here", Kinds: other}, false, false, false},
			"the deciding unit, its kinds": {dossier.Scope{Unit: "province", Kinds: birth}, true, false, false},
			"the deciding unit, others":    {dossier.Scope{Unit: "province", Kinds: other}, false, false, false},
		} {
			ctx := t.Context()
			visible := func(page dossier.PageID) error {
				_, err := d.Visible(ctx, c.scope, page)
				return err
			}
			check := func(what string, err error, seen bool) {
				t.Helper()
				if seen && err != nil || !seen && !errors.Is(err, ErrNotFound) {
					t.Errorf("%s and %s: %v, seen should be %v", name, what, err, seen)
				}
			}
			for _, key := range []string{"d1", "H38.12-260909-0001"} {
				m, err := d.Dossier(ctx, c.scope, key)
				check("the dossier by "+key, err, c.dossier)
				if c.dossier && len(m.Dossier.Components) != 1 {
					t.Errorf("%s sees %d papers", name, len(m.Dossier.Components))
				}
			}
			list, total, err := d.Dossiers(ctx, dossier.DossierFilter{Scope: c.scope, Limit: 9})
			if versions, errV := d.Versions(ctx, c.scope, "d1"); err != nil || errV != nil || (total == 1) != c.dossier || len(list) != total || len(versions) != total {
				t.Errorf("%s: %d of %d dossiers, %d versions, %v %v", name, len(list), total, len(versions), err, errV)
			}
			check("the placed page", visible(placed), c.dossier)
			check("the waiting page", visible(waiting), c.waits)
			check("the unread page", visible(raw), c.unreadToo)
			_, err = d.Arrival(ctx, c.scope, placed)
			check("the way of the placed page", err, c.dossier)
			_, err = d.Arrival(ctx, c.scope, waiting)
			check("the way of the waiting page", err, c.waits)
			parked, n, err := d.Parked(ctx, dossier.ReviewFilter{Scope: c.scope, Limit: 9})
			arrivals, errA := d.Arrivals(ctx, c.scope, 9)
			batches, errB := d.Batches(ctx, c.scope, 9)
			if errors.Join(err, errA, errB) != nil || (n == 1) != c.waits || len(parked) != n || (len(arrivals) > 0) != c.waits || (len(batches) > 0) != c.waits {
				t.Errorf("%s: %d wait, %d arrive, %d batches", name, n, len(arrivals), len(batches))
			}
		}
	})
}

// Of a dossier with papers of several kinds, others' kinds are cut out.
func TestPapersOfOtherKindsAreCut(t *testing.T) {
	m := dossier.Manifest{Dossier: dossier.Dossier{Pending: []dossier.PageID{"p"}, Components: []dossier.Component{{ID: "1", Kind: "a"}, {ID: "2", Kind: "b"}}}}
	cut := dossier.Scope{Unit: "here", Kinds: []string{"b"}}.Cut(m)
	if len(cut.Dossier.Components) != 1 || cut.Dossier.Components[0].ID != "2" || len(cut.Dossier.Pending) != 0 {
		t.Errorf("%+v", cut.Dossier)
	}
	if len(m.Dossier.Components) != 2 || m.Dossier.Components[0].ID != "1" {
		t.Error("the manifest itself was changed")
	}
}

// The zero scope sees nothing, also of dossiers of which it is not known who
// received or decided them: "" is no unit.
func TestTheZeroScopeSeesNothing(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, d desk) {
		ctx := t.Context()
		act := d.takeIn("here", "b1", 0, "1.jpg", "2.jpg")
		placed, waiting := d.read("b1", 1), d.read("b1", 2)
		d.publish(act, "b1", "d1", "H38.12-260909-0001", placed)
		_, err := d.write.NewUpdate().Model((*dossierRow)(nil)).Set("receiving_unit = ''").Set("deciding_unit = ''").Where("id = 'd1'").Exec(ctx)
		d.must(err)
		for _, nobody := range []dossier.Scope{{}, {Kinds: []string{"birth_notice"}}} {
			for _, key := range []string{"d1", "H38.12-260909-0001", ""} {
				if _, err := d.Dossier(ctx, nobody, key); !errors.Is(err, ErrNotFound) {
					t.Errorf("%+v opens the dossier by %q: %v", nobody, key, err)
				}
			}
			for _, page := range []dossier.PageID{placed, waiting} {
				_, errVisible := d.Visible(ctx, nobody, page)
				_, errArrival := d.Arrival(ctx, nobody, page)
				if !errors.Is(errVisible, ErrNotFound) || !errors.Is(errArrival, ErrNotFound) {
					t.Errorf("%+v sees page %s: %v, %v", nobody, page, errVisible, errArrival)
				}
			}
			_, dossiers, err := d.Dossiers(ctx, dossier.DossierFilter{Scope: nobody, Limit: 9})
			versions, errV := d.Versions(ctx, nobody, "d1")
			_, parked, errP := d.Parked(ctx, dossier.ReviewFilter{Scope: nobody, Limit: 9})
			arrivals, errA := d.Arrivals(ctx, nobody, 9)
			batches, errB := d.Batches(ctx, nobody, 9)
			unread, errU := d.Unread(ctx, nobody)
			d.must(errors.Join(err, errV, errP, errA, errB, errU))
			if n := dossiers + len(versions) + parked + len(arrivals) + len(batches) + unread.Total(); n != 0 {
				t.Errorf("%+v lists %d dossiers, %d versions, %d waiting, %d arrivals, %d batches, %d unread",
					nobody, dossiers, len(versions), parked, len(arrivals), len(batches), unread.Total())
			}
		}
	})
}
