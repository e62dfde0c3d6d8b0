// What runs the page, said on the root element: the installed app, a browser on a phone or tablet of Apple's (an iPad calls
// itself a Mac, and has fingers), or any other browser.
const standalone = matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;
const apple = /iphone|ipad|ipod/i.test(navigator.userAgent) || (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1);
document.documentElement.dataset.runs = (standalone && "app") || (apple && "apple") || "browser";
