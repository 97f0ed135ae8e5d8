import type { Messages } from "../../messages.ts";

/** Vietnamese, Tiếng Việt. */
export const vi: Messages = {
  title: "Trang web đang bảo trì",
  text: "Chúng tôi đang bảo trì trang web và sẽ sớm hoạt động trở lại.",
  readOnlyTitle: "Chỉ đọc trong thời gian bảo trì",
  readOnlyText:
    "Chúng tôi đang bảo trì trang web. Quý vị vẫn có thể đọc mọi nội dung như thường lệ, nhưng tạm thời không thể thực hiện thay đổi.",
  expected: "Dự kiến hoạt động trở lại: {time}",
  waiting:
    "Quý vị có thể để mở trang này. Ngay khi trang web hoạt động trở lại, quý vị sẽ được tự động đưa về trang trước đó.",
  notSent: "Thông tin quý vị vừa gửi không được lưu. Vui lòng quay về biểu mẫu và gửi lại khi trang web đã hoạt động.",
  retry: "Thử lại",
  goBack: "Quay lại biểu mẫu",
  available: "Trang web đã hoạt động trở lại.",
  contact: "Liên hệ",
  accessCode: "Mã truy cập",
  enter: "Tiếp tục",
  wrongCode: "Mã truy cập không đúng.",
  planned: "Bảo trì theo kế hoạch: từ {start} đến {end}",
  plannedOpen: "Bảo trì theo kế hoạch: từ {start}",
};
