import type { Messages } from "../../messages.ts";

/** Turkish, Türkçe. */
export const tr: Messages = {
  title: "Bakım çalışması",
  text: "Sitemizde bakım çalışması yapıyoruz. Kısa süre içinde yeniden hizmetinizde olacağız.",
  readOnlyTitle: "Bakım süresince salt okunur",
  readOnlyText:
    "Sitemizde bakım çalışması yapıyoruz. Tüm içeriği her zamanki gibi okuyabilirsiniz, ancak şu an için değişiklik yapılamaz.",
  expected: "Tahmini açılış zamanı: {time}",
  waiting:
    "Bu sayfayı açık bırakabilirsiniz. Site yeniden erişime açılır açılmaz otomatik olarak geri yönlendirileceksiniz.",
  notSent:
    "Gönderdiğiniz bilgiler kaydedilmedi. Lütfen geri dönün ve site yeniden erişime açıldığında bilgileri tekrar gönderin.",
  retry: "Tekrar dene",
  goBack: "Forma geri dön",
  available: "Site yeniden erişime açıldı.",
  contact: "İletişim",
  accessCode: "Erişim kodu",
  enter: "Devam et",
  wrongCode: "Erişim kodu doğru değil.",
  planned: "Planlı bakım: {start} – {end}",
  plannedOpen: "Planlı bakım başlangıcı: {start}",
};
