import type { Messages } from "../../messages.ts";

/** Indonesian, Bahasa Indonesia. */
export const id: Messages = {
  title: "Sedang dalam pemeliharaan",
  text: "Kami sedang melakukan pemeliharaan situs ini dan akan segera kembali.",
  readOnlyTitle: "Hanya baca selama pemeliharaan",
  readOnlyText:
    "Kami sedang melakukan pemeliharaan situs ini. Anda dapat membaca semuanya seperti biasa, tetapi untuk sementara tidak dapat membuat perubahan.",
  expected: "Diperkirakan kembali tersedia: {time}",
  waiting:
    "Anda dapat membiarkan halaman ini tetap terbuka. Anda akan dibawa kembali secara otomatis begitu situs tersedia.",
  notSent: "Data yang Anda kirim tidak tersimpan. Silakan kembali dan kirim ulang setelah situs tersedia.",
  retry: "Coba lagi",
  goBack: "Kembali ke formulir",
  available: "Situs sudah tersedia kembali.",
  contact: "Kontak",
  accessCode: "Kode akses",
  enter: "Lanjutkan",
  wrongCode: "Kode akses tidak benar.",
  planned: "Pemeliharaan terjadwal: dari {start} hingga {end}",
  plannedOpen: "Pemeliharaan terjadwal: mulai {start}",
};
