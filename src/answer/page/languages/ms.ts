import type { Messages } from "../../messages.ts";

/** Malay, Bahasa Melayu. */
export const ms: Messages = {
  title: "Laman web dalam penyelenggaraan",
  text: "Kami sedang melakukan penyelenggaraan pada laman web ini dan akan kembali tidak lama lagi.",
  readOnlyTitle: "Baca sahaja semasa penyelenggaraan",
  readOnlyText:
    "Kami sedang melakukan penyelenggaraan pada laman web ini. Anda boleh membaca semuanya seperti biasa, tetapi perubahan tidak dapat dibuat buat masa ini.",
  expected: "Dijangka tersedia semula: {time}",
  waiting:
    "Anda boleh membiarkan halaman ini terbuka. Anda akan dibawa kembali secara automatik sebaik sahaja laman web tersedia.",
  notSent: "Maklumat yang anda hantar tidak disimpan. Sila kembali dan hantar semula apabila laman web tersedia.",
  retry: "Cuba lagi",
  goBack: "Kembali ke borang",
  available: "Laman web kini tersedia semula.",
  contact: "Hubungi kami",
  accessCode: "Kod akses",
  enter: "Teruskan",
  wrongCode: "Kod akses tidak betul.",
  planned: "Penyelenggaraan berjadual: dari {start} hingga {end}",
  plannedOpen: "Penyelenggaraan berjadual: mulai {start}",
};
