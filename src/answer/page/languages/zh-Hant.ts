import type { Messages } from "../../messages.ts";

/** Chinese in traditional characters, 繁體中文. */
export const zhHant: Messages = {
  title: "網站維護中",
  text: "我們正在進行網站維護，很快就會恢復服務。",
  readOnlyTitle: "維護期間僅供瀏覽",
  readOnlyText: "我們正在進行網站維護。您仍可照常瀏覽所有內容，但暫時無法進行任何變更。",
  expected: "預計恢復時間：{time}",
  waiting: "您可以讓此頁面保持開啟，網站恢復後會自動返回。",
  notSent: "您送出的內容並未儲存。請在網站恢復後返回，並重新送出。",
  retry: "再試一次",
  goBack: "返回表單",
  available: "網站已恢復服務。",
  contact: "聯絡我們",
  accessCode: "存取碼",
  enter: "繼續",
  wrongCode: "存取碼不正確。",
  planned: "預定維護時間：{start}至{end}",
  plannedOpen: "預定維護開始時間：{start}",
};
