// What every page of the portal runs. htmx stands first and sets itself up once all of this has run, so that listeners
// made here hear an event before its own do.
import "htmx.org";
import "./app-badge.js";
import "./book-search.js";
import "./busy.js";
import "./confirm.js";
import "./connection.js";
import "./countdown.js";
import "./dialogs.js";
import "./fonts.js";
import "./install.js";
import "./menus.js";
import "./offline-store.js";
import "./service-worker-client.js";
import "./sign-out.js";
import "./stream.js";
import "./toast.js";
