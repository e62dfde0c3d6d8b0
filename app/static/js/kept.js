// The one store of what this device keeps for the signed-in person: IndexedDB, values under names. `offline-store.js` empties
// it when the person leaves or another one comes.
const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

export async function records(mode, work) {
  const opening = indexedDB.open("portico", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("kept");
  const database = await done(opening);
  try {
    return await done(work(database.transaction("kept", mode).objectStore("kept")));
  } finally {
    database.close();
  }
}

export const person = document.querySelector("meta[name=portico-person]")?.content;
