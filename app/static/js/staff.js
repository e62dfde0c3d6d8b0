// What only the front desk's pages run, after app.js.
import "./autosubmit.js";
import "./look-preview.js";
import "./reorder.js";
import "./tab-strips.js";
import "./copy.js";
import "./floor-plan.js";
import "./print.js";
