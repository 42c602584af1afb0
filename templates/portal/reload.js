/* Only in pages that `slm serve` shows: loads them again after a build, and tells what a build complained of.
   仅用于 `slm serve` 显示的页面：重新生成后自动刷新，生成失败时显示原因。 */
"use strict";

(function () {
  const news = new EventSource("/-/news?since=" + document.currentScript.dataset.built);
  const place = "portal-place:" + location.pathname;

  const kept = sessionStorage.getItem(place);
  if (kept !== null) {
    sessionStorage.removeItem(place);
    scrollTo(0, Number(kept));
  }

  news.addEventListener("built", function () {
    sessionStorage.setItem(place, scrollY);
    location.reload();
  });

  news.addEventListener("failed", function (event) {
    let shown = document.querySelector(".failed");
    if (shown === null) {
      shown = document.createElement("pre");
      shown.className = "failed";
      shown.setAttribute("role", "alert");
      document.body.prepend(shown);
    }
    shown.textContent = event.data;
  });

  addEventListener("pagehide", function () {
    news.close();
  });
})();
