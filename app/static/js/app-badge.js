// The number on the installed app's icon is the one that the bell shows; who signs out leaves none behind.
const set = (number) => navigator.setAppBadge?.(number).catch(() => {});

function follow() {
  const bell = document.querySelector("[data-count=inbox]");
  if (bell) set(Number(bell.dataset.unread));
  else if (!("signedIn" in document.body.dataset)) set(0);
}

follow();
document.addEventListener("portico:counted", follow);
document.addEventListener("portico:leaving", ({ detail }) => detail.wait(Promise.resolve(set(0))));
