// In the head, before the first paint: the contrast this person chose on this machine.
const chosen = localStorage.getItem("kaohe:contrast");
if (chosen) document.documentElement.dataset.contrast = chosen;
