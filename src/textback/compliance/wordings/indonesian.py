"""Indonesian and Malay words about opting out."""

WORDS = {
    "stop": "berhenti,berhentikan,hentikan,setop,stop,stop dong,henti,stopkan,udahan,brhenti,hentikanlah,"
    "tolong berhenti",
    "end": "batalkan,matikan,nonaktifkan,bosan,capek,muak",
    "not": "jangan,tidak,tak,gak,ga,nggak,ngga,jgn,jngn,tdk,enggak,bukan,tanpa,tidak ada,janganlah,gk,tak nak,taknak",
    "send": "kirim,kirimi,kirimkan,mengirim,mengirimi,mengirimkan,ngirim,sms,hubungi,menghubungi,wa,chat,"
    "chatting,spam,nyepam,kirimin,ngirimin,sms in,kontak,mengontak,hantar,mesej,mengganggu,ganggu,"
    "dihubungi",
    "receive": "menerima,terima,nerima,dapat,mendapat,mendapatkan,dikirimi,dihubungi",
    "call": "telepon,telpon,nelpon,menelepon,hubungi lewat telepon,tlp,telfon",
    "message": "pesan,sms,iklan,promo,promosi,notifikasi,penawaran,pesan singkat,spam,broadcast,mesej,iklan iklan",
    "me": "saya,aku,gue,gw,sy,nomer ini,no ini,kami,nombor ini",
    "more": "lagi,lg,pernah,selamanya,apapun,lagi ya",
    "want": "mau,ingin,mw,setuju,perlu,minat menerima,pengen,nak,butuh,bersedia,berminat menerima,minta",
    "remove": "hapus,hapuskan,keluarkan,hilangkan,copot,delete,buang,padam,coret,hps,menghapus,dihapus,dikeluarkan",
    "list": "daftar,list,database,kontak,nomor saya,nomer saya,nomor ini,no saya,data saya,sistem,"
    "nomor hp saya,nombor saya,buku telepon,senarai,grup,daftar kontak",
    "unsubscribe": "berhenti berlangganan,stop langganan,berhenti langganan,batal langganan,batalkan langganan,unreg,"
    "unreg all,cabut persetujuan,menarik persetujuan,tarik persetujuan,berhenti langgan,"
    "batal berlangganan,nyahlanggan,keluar dari daftar,keluar dari list,stop berlangganan,"
    "batalkan berlangganan,membatalkan langganan,off kan sms",
    "interested": "tertarik,minat,berminat",
    "wrong": "salah nomor,salah nomer,nomor salah,nomer salah,salah sambung,salah orang,salah kirim,slh nomor,"
    "slh sambung,salah no,bukan nomor,bukan orang yang,salah nombor,nombor salah,salah alamat nomor,"
    "no salah,bukan no,slh org,keliru nomor",
    "leave": "jangan ganggu,jgn ganggu,jangan mengganggu,jangan diganggu,biarkan saya sendiri,tinggalkan saya,"
    "jangan ganggu saya,berhenti mengganggu,jangan kacau,stop ganggu",
    "clear": "hapus nomor saya,hapus nomer saya,hapus no saya,hapus nomor ini,hapus saya,hapus kontak saya,"
    "lupakan nomor saya,keluarkan saya,keluarkan nomor saya,hapus data saya,hilangkan nomor saya,"
    "jangan kirim*,jgn kirim*,jangan ngirim*,jangan sms,jgn sms,jangan hubungi,jgn hubungi,"
    "jangan menghubungi,jangan wa,jangan chat,jangan spam,jangan mengirim*,tidak mau menerima,"
    "tidak ingin menerima,gak mau nerima,ga mau nerima,tdk mau menerima,tidak mau dihubungi,"
    "tidak mau sms,gak mau sms,ga mau sms,tidak mau lagi,ga mau lagi,gak mau lagi,tidak ingin lagi,"
    "tidak perlu kirim,ga usah kirim,gak usah kirim,tidak usah kirim,gausah kirim,ga usah sms,"
    "tidak usah sms,ga usah hubungi,gak usah hubungi,tidak usah hubungi,stop kirim,stop sms,"
    "stop ngirim,stop mengirim,stop spam,stop iklan,stop pesan,berhenti kirim,berhenti mengirim,"
    "berhenti sms,berhenti ngirim,berhenti menghubungi,hentikan sms,hentikan pesan,"
    "hentikan pengiriman,cukup sms,tidak setuju,tidak mengizinkan,tidak menyetujui,tolong hapus nomor,"
    "tolong hapus no,jangan hantar,jangan mesej,tak mau terima,tak nak terima,tidak mau terima,"
    "gak mau terima,ga mau terima,ga mau dapat,tidak mau dapat,dari daftar anda,dari daftar kalian,"
    "stop langganan,stop berlangganan,cukup sms nya,cukup smsnya",
    "unsure": "dapat nomor saya dari mana,dari mana dapat nomor saya,darimana dapat nomor saya,"
    "tau nomor saya dari mana,siapa yang kasih nomor saya,siapa kasih nomor saya,"
    "dapat no saya dari mana,tidak pernah daftar,ga pernah daftar,gak pernah daftar,"
    "tidak pernah mendaftar,saya tidak daftar,gak daftar,tidak tertarik,gak tertarik,ga tertarik,"
    "tidak minat,tdk minat,ga minat,gak minat,tidak berminat,saya laporkan,akan saya laporkan,"
    "gue laporin,saya blokir,gue blokir,gw blokir,terlalu banyak sms,kominfo",
    "rude": "pergi,enyah,diam,bacot,minggat,tidak tertarik,ga minat,tidak berminat,tidak minat,gak minat,"
    "bodo amat,berisik",
    "ask": "bagaimana,gimana,kapan,kenapa,mengapa,apa,di mana,dimana,siapa,berapa,jam berapa,apakah,bolehkah,cara,gmn",
    "if": "kalau,jika,kalo,klo",
    "elsewhere": "email,e mail,surel,surat,katalog,newsletter,facebook,instagram,whatsapp,akun,gym,aplikasi,pos,brosur",
    "when": "sebelum,setelah,sampai,besok,nanti malam,hari ini,malam,malam malam,pagi,minggu,di kantor,"
    "akhir pekan,dulu,sekarang jangan,sementara,tiap hari,setiap hari,jam segini,hanya,cuma,"
    "terlalu sering",
    "other": "pesanan,order,orderan,janji,jadwal,booking,reservasi,pengiriman,bus,bis,kereta,kode,otp,kartu,"
    "refund,tagihan,password,sandi,pembayaran,kakak saya,adik saya,ibu saya,bapak saya,ayah saya,"
    "istri saya,suami saya,anak saya,produk,barang,keranjang,merokok,rokok,hujan,ukuran,warna,foto,"
    "paket,alamat,meja,kamar,uang,transfer,balasan,link,harga,dia,bawang,gula,es,cabai,sambal,air,"
    "lampu,musik,halte,internet,kontrak,asuransi,gym,majalah,wifi",
    "you": "kamu,anda,kalian",
    "quote": "balas,ketik,artinya,untuk berhenti,utk berhenti,kata",
    "fine": "sebagai gantinya,aja lewat,saja lewat,suka",
    "please": "tolong,tlg,mohon,please,terima kasih,makasih,trims,thanks,halo,hai,sekarang,segera,ya,yah,dong,"
    "deh,lah,pak,bu,mas,mbak,kak,min,gan,permisi,maaf,anjing,bangsat,sialan,woi,oi,untuk,bisa,bisakah,"
    "sudah,udah,pls,harap,saya minta,kalian,anda,selamat pagi,selamat siang,aja,bro,berapa kali",
    "never": "halte,bus berhenti,berhenti di,berhenti kerja,berhenti merokok,berhenti bekerja,berhenti sekolah,"
    "jangan berhenti,tidak berhenti,jangan batalkan,jangan dihapus,jangan hapus,jangan lupa,"
    "jangan khawatir,tidak apa,gak apa,gpp,tidak tahu,ga tau,gak tau,tidak ada pesan,tidak ada sms,"
    "belum terima,belum dapat,belum menerima,tidak dapat sms,tidak terima sms,tidak menerima sms,"
    "sms tidak masuk,tidak masuk,ga masuk,gak masuk,gak dapat sms,ga dapat sms,kirim ke saya,"
    "kirimi saya,kirim saya,kirimkan ke saya,hubungi saya,sms saya,telepon saya,tinggalkan pesan,"
    "batalkan pesanan,batalkan order,batalkan janji,batalkan booking,batalkan reservasi,batal pesan,"
    "pesan 2,mau pesan,saya pesan,ingin pesan,bisa pesan,salah ukuran,salah warna,salah barang,"
    "salah alamat,salah kirim barang,salah kirim ukuran,salah nomor pesanan,salah kasih nomor,"
    "salah tulis nomor,salah nomor rumah,nomor saya adalah,cukup jelas,tidak pakai,jangan pakai,"
    "gak pakai,jangan pedas,tanpa bawang",
    "and": "dan,tapi,terus",
}
