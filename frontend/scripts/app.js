import htmx from "htmx.org";
import { startAutosave } from "./autosave.js";
import { startConfirm } from "./confirm.js";
import { startErrors } from "./errors.js";
import { startFilters } from "./filter.js";
import { startFocus } from "./focus.js";
import { startGrading } from "./grading.js";
import { startLapsed } from "./lapsed.js";
import { startMenus } from "./menus.js";
import { startRows } from "./rows.js";
import { startSubmit } from "./submit.js";
import { startSmall } from "./small.js";
import { startUnsaved } from "./unsaved.js";

// The content policy refuses eval and inline styles.
Object.assign(htmx.config, { allowEval: false, selfRequestsOnly: true, includeIndicatorStyles: false, historyCacheSize: 0, timeout: 60_000 });
window.htmx = htmx;

startConfirm(); // before submit: a question comes before the lock
startSubmit();
startErrors();
startMenus();
startSmall();
startFilters();
startGrading();
startUnsaved();
startRows();
startLapsed();

/** Runs for the page and for everything that htmx brings later. */
htmx.onLoad((root) => {
  startAutosave(root);
  root.querySelectorAll?.(".js-only[hidden]").forEach((part) => { part.hidden = false; });
});
startFocus();
