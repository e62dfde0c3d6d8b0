// Inter is worn only when it is already here (see tokens.css). On a later visit, when the line is idle and nobody asked to
// save data, fetch it into the cache and leave a cookie that tells the server to mark the next page.
const url = document.body.dataset.fontUrl;
const name = url?.split("/").at(-1);
const worn = document.cookie.split("; ").includes(`font=${name}`);

if (url && !worn && !navigator.connection?.saveData) {
  const visits = Number(localStorage.getItem("pages") ?? 0) + 1;
  localStorage.setItem("pages", visits);
  if (visits > 3) {
    addEventListener("load", () => setTimeout(async () => {
      const answer = await fetch(url, { priority: "low" }).catch(() => null);
      if (!answer?.ok) return;
      await answer.blob();
      document.cookie = `font=${name}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
    }, 2000));
  }
}
