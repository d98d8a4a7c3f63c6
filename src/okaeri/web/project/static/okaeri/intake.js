// Dropping a file, and seeing how far it is on its way; without this the form sends itself as any form does.
const form = document.querySelector("form.drop");

if (form) {
  const input = form.querySelector("input[type=file]");
  const bar = form.querySelector("progress");
  const wrong = form.querySelector(".wrong");
  const fits = (file) => file.size <= Number(form.dataset.mostMb) * 1e6;

  const complain = (words) => {
    wrong.textContent = words;
    wrong.hidden = !words;
  };

  for (const name of ["dragenter", "dragover"]) {
    form.addEventListener(name, (event) => {
      event.preventDefault();
      form.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) {
    form.addEventListener(name, () => form.classList.remove("over"));
  }
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) {
      input.files = event.dataTransfer.files;
      form.requestSubmit();
    }
  });

  input.addEventListener("change", () => complain(""));

  form.addEventListener("submit", (event) => {
    const file = input.files[0];
    if (file && !fits(file)) {
      event.preventDefault();
      complain(form.dataset.tooLarge);
      return;
    }
    if (!file) return;
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    request.upload.addEventListener("progress", (at) => {
      if (at.lengthComputable) bar.value = at.loaded / at.total;
    });
    request.addEventListener("load", () => {
      const next = request.getResponseHeader("X-Go");
      if (next) {
        window.location.assign(next);
        return;
      }
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      complain(page.querySelector("main")?.textContent.trim() || String(request.status));
      bar.hidden = true;
      form.querySelector("button").disabled = false;
    });
    request.addEventListener("error", () => form.submit());
    bar.hidden = false;
    form.querySelector("button").disabled = true;
    request.send(new FormData(form));
  });
}

for (const select of document.querySelectorAll("select[data-goes]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
