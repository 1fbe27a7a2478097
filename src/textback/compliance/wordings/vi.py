"""Vietnamese words about opting out."""

WORDS = {
    "stop": "ngừng,ngưng,dừng lại,ngừng lại,thôi đi,thôi ngay,dừng ngay,chấm dứt,stop,dừng việc,ngưng ngay",
    "end": "hủy,huỷ,tắt,chán,mệt mỏi với,hủy bỏ",
    "not": "không,đừng,chớ,ko,k,khong,dung,đừng có,hông,hem,chưa bao giờ,kg",
    "send": "gửi,nhắn,nhắn tin,liên hệ,liên lạc,làm phiền,spam,gởi,quấy rầy,viết,gui,nhan,nhan tin,lam phien,"
    "gởi tin,gửi tin",
    "receive": "nhận,muốn nhận,nhan duoc",
    "call": "gọi,gọi điện,goi",
    "message": "tin nhắn,tin,sms,quảng cáo,thông báo,khuyến mãi,tin quảng cáo,tin nhan,quang cao,qc,spam,thong bao",
    "me": "tôi,toi,mình,tui,em,so nay,cho tôi,cho mình,tớ",
    "more": "nữa,thêm,nua,bao giờ,lại,từ nay",
    "want": "muốn,cần,muon,đồng ý,thích,can",
    "remove": "xóa,xoá,bỏ,gỡ,loại,xoa,bo,go,loại bỏ",
    "list": "danh sách,danh bạ,số tôi,số của tôi,số này,số điện thoại,dữ liệu,hệ thống,danh sach,số mình,"
    "thông tin của tôi",
    "unsubscribe": "hủy đăng ký,huỷ đăng ký,hủy đăng kí,huỷ đăng kí,hủy theo dõi,hủy nhận tin,từ chối nhận,từ chối,"
    "huy dang ky,tu choi,hủy dịch vụ,ngừng đăng ký,bỏ đăng ký,rút lại đồng ý,hủy nhận",
    "interested": "quan tâm,hứng thú,quan tam",
    "wrong": "nhầm số,sai số,nhầm người,lộn số,nham so,sai so,nham nguoi,lon so,sai người,gửi nhầm,nhắn nhầm,"
    "không phải số của,không phải số,không phải là người,nhầm máy,gui nham",
    "leave": "để tôi yên,để tui yên,để mình yên,de toi yen,đừng làm phiền,đừng quấy rầy,dung lam phien,"
    "buông tha,không làm phiền,đừng phiền tôi",
    "clear": "xóa số tôi,xóa số của tôi,xóa tôi,xoá tôi,xoá số tôi,xóa số điện thoại của tôi,quên số tôi,"
    "bỏ tôi ra,bỏ số tôi,loại tôi,đưa tôi ra khỏi,xoa so toi,xóa số này,gỡ số tôi,gỡ tôi,đừng gửi,"
    "đừng nhắn,dung gui,dung nhan,không gửi nữa,không nhắn nữa,đừng liên hệ,đừng liên lạc,"
    "đừng gọi nữa,không muốn nhận,khong muon nhan,ko muốn nhận,k muốn nhận,không nhận tin,"
    "không muốn nhận tin,không cần tin,không muốn tin nhắn,ngừng gửi,dừng gửi,ngưng gửi,dừng nhắn,"
    "ngừng nhắn,ngưng nhắn,ngung gui,ngung nhan,dung nhan tin,không đồng ý nhận,thôi nhắn,thôi gửi,"
    "đừng spam,đừng có gửi,đừng có nhắn,không gửi tin",
    "unsure": "ai cho số tôi,sao có số tôi,sao biết số tôi,lấy số tôi ở đâu,lấy số tôi từ đâu,ai cho số của tôi,"
    "sao có số của tôi,không đăng ký,chưa từng đăng ký,không quan tâm,khong quan tam,ko quan tâm,"
    "k quan tâm,không có nhu cầu,ko có nhu cầu,tôi sẽ báo cáo,tôi sẽ chặn,chặn số,nhiều tin nhắn quá,"
    "phiền quá",
    "rude": "biến đi,cút,cút đi,im đi,câm mồm,không quan tâm,đủ rồi,phiền quá",
    "ask": "làm sao,thế nào,khi nào,tại sao,sao lại,bao giờ,ở đâu,mấy giờ,gì,ai,bao nhiêu,nào",
    "if": "nếu",
    "elsewhere": "email,e mail,thư,bản tin,bưu điện,catalogue,facebook,zalo,tài khoản,ứng dụng,app",
    "when": "trước,sau,cho đến,ngày mai,mai,tối nay,hôm nay,ban đêm,buổi tối,buổi sáng,chủ nhật,cuối tuần,"
    "đang làm,giờ này,tạm thời,khuya,bây giờ chưa,chưa,chỉ,lúc,mỗi ngày",
    "other": "đơn hàng,đơn,lịch hẹn,hẹn,đặt chỗ,đặt bàn,giao hàng,xe buýt,xe bus,mã,thẻ,hoàn tiền,hóa đơn,"
    "mật khẩu,thanh toán,anh tôi,em tôi,mẹ tôi,bố tôi,vợ tôi,chồng tôi,con tôi,sản phẩm,giỏ hàng,"
    "hút thuốc,mưa,size,màu,ảnh,hàng,địa chỉ,bàn,phòng,tiền,trả lời,link,giá,hành,đường,đá,cay,nước,"
    "internet,hợp đồng,bảo hiểm,gói cước,mạng",
    "you": "bạn,anh,chị",
    "quote": "soạn,nhắn stop,soan,để hủy,để từ chối,trả lời,nghĩa",
    "fine": "thay vì,thay vào đó,thích",
    "please": "làm ơn,xin,vui lòng,cảm ơn,xin chào,chào,ngay,ngay lập tức,ơi,đi,nhé,ạ,lam on,cam on,hãy,giùm,"
    "dùm,với,trời ơi,lập tức,xin hãy,nha,đã,luôn,yêu cầu,đề nghị,mấy người,mẹ kiếp,bao nhiêu lần",
    "never": "trạm dừng,điểm dừng,dừng xe,xe dừng,không dừng,đừng dừng,đừng hủy,không hủy,đừng xóa,đừng quên,"
    "đừng lo,không sao,không biết,không có gì,chưa nhận,không nhận được,chưa gửi,không gửi được,"
    "không thấy,hủy đơn,hủy lịch,hủy hẹn,hủy đặt,hủy lịch hẹn,huỷ đơn,huỷ lịch,huy don,huy lich,"
    "gửi cho tôi,nhắn cho tôi,gọi cho tôi,gọi tôi,nhắn tôi,sai số nhà,nhầm số lượng,sai số lượng,"
    "sai số tiền,nhầm số tiền,gửi nhầm hàng,gửi nhầm màu,gửi nhầm size,từ chối nhận hàng,bỏ hành,"
    "không hành,không cay,số tôi là,đừng gọi nhắn,đừng gọi hãy nhắn,đừng gọi",
    "and": "và,va",
}
